import type { roundRoutes, RoundShape } from '@talkoot/api-contracts/projects';
import { DomainError } from '@talkoot/http-service';
import { sum } from '@talkoot/money';
import type { z } from 'zod';
import { mapPage } from '../database/page.ts';
import type { HandlersOf, Parts } from '../parts.ts';
import type { RoundDocument } from './round.store.ts';

export function roundHandlers(parts: Parts): HandlersOf<typeof roundRoutes> {
  const { record, stores } = parts;
  const about = (params: { municipalityId: string; roundId: string }) =>
    ({ kind: 'round', lifecycleId: params.roundId, municipalityId: params.municipalityId }) as const;
  return {
    async listRounds({ params, query }) {
      const { pilotId, ...page } = query;
      return { body: mapPage(await stores.rounds.list(params.municipalityId, pilotId, page), shown) };
    },
    async getRound({ params }) {
      const round = await stores.rounds.get(params.municipalityId, params.roundId);
      return {
        body: { ...shown(round), lifecycle: await record.view('round', round._id, round.municipalityId) },
      };
    },
    async endIdeas(call) {
      const decision = { ...about(call.params), name: 'close-ideas', as: 'poll-officer', data: {} } as const;
      return { body: await record.decide(call, decision) };
    },
    async endReview(call) {
      const check = () => requireReviewed(parts, call.params.roundId);
      const decision = {
        ...about(call.params),
        name: 'close-review',
        as: 'poll-officer',
        data: {},
        check,
      } as const;
      return { body: await record.decide(call, decision) };
    },
    async getRoundResult({ params }) {
      const round = await stores.rounds.get(params.municipalityId, params.roundId);
      if (round.phase !== 'allocated') throw new DomainError('not-allocated');
      return { body: await resultOf(parts, round) };
    },
  };
}

/** Nothing that reached the threshold may still wait for its review, or for the decision of its appeal. */
async function requireReviewed({ stores }: Parts, roundId: string): Promise<void> {
  const waiting = {
    $or: [{ phase: 'qualified' }, { phase: { $in: ['new', 'proposed'] }, thresholdReached: true }],
  };
  const open = await stores.projects.countInRound(roundId, waiting);
  if (open > 0) throw new DomainError('reviews-open', `${open} proposals are under review or appeal`);
}

/** Why nothing is funded where the poll has no result; of all other reasons the ballots service explains. */
const withoutResult: ReadonlyMap<string, string> = new Map([
  ['not-voted', 'The poll was not decided in time.'],
  [
    'poll-withheld',
    'Too few voted, or too few trustees released the key: nobody learns what the ballots say.',
  ],
  ['poll-not-held', 'The poll was not held: the electoral roll is too small, or no key was made.'],
  ['poll-annulled', 'The poll was annulled: an appeal was upheld, or nobody could finish it.'],
]);

async function resultOf({ stores, neighbours }: Parts, round: RoundDocument) {
  const { pollId, budget } = round;
  const voted = await stores.projects.pageInRound(round._id, { allocation: { $ne: null } }, undefined, 5000);
  const isCounted = voted.some(({ allocation }) => !withoutResult.has(allocation!.reasonCode));
  const result = pollId && isCounted ? await neighbours.ballots.getResult({ params: { pollId } }) : null;
  const explained = new Map(
    result?.allocation?.explanations.map(({ projectId, explanation }) => [projectId, explanation]),
  );
  const projects = voted.map(({ _id, externalId, content, allocation }) => ({
    projectId: _id,
    externalId,
    title: content.title,
    ...allocation!,
    explanation: explained.get(_id) ?? withoutResult.get(allocation!.reasonCode) ?? '',
  }));
  const funded = projects.filter((project) => project.funded).map(({ cost }) => cost);
  return { roundId: round._id, pollId, budget, spent: sum(funded, budget.currency), projects };
}

function shown(round: RoundDocument): z.infer<typeof RoundShape> {
  const { _id, pilotId, name, phase, budget, electorate, threshold, pollId, at } = round;
  return { roundId: _id, pilotId, name, phase, budget, electorate, threshold, pollId, openedAt: at };
}
