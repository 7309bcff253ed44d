import type { recordRoutes } from '@talkoot/api-contracts/projects';
import { DomainError, idFrom, once } from '@talkoot/http-service';
import type { Call } from '@talkoot/http-service';
import { lineText } from '@talkoot/impact';
import { readText, storeText } from '@talkoot/lifecycle-record';
import { mapPage } from '../database/page.ts';
import type { HandlersOf, Parts } from '../parts.ts';
import {
  contestUntil,
  contestView,
  decisionDue,
  figureOf,
  requireContestable,
  requireUnconcerned,
} from './contest.ts';
import type { Contest, ContestDecisionDocument, ContestDocument } from './contest.ts';
import { tellOfContest } from './contest.telling.ts';
import { workOf, workOfOne } from './record.reading.ts';
import { weighed } from './record.ts';

type Handlers = HandlersOf<typeof recordRoutes>;

/** Contests of performance records: opened by the person, decided by the appeal body, read by both and hr. */
export function contestHandlers(
  parts: Parts,
): Pick<Handlers, 'contestRecord' | 'listContests' | 'getContest' | 'decideContest'> {
  const { connection, stores, now } = parts;
  return {
    async contestRecord(call) {
      const { municipalityId, pilotId } = call.params;
      const { criterion } = call.body;
      const personId = call.person.id;
      const { pilot, work } = await workOfOne(parts, { municipalityId, pilotId, personId });
      const reason = await storeText(connection, call, municipalityId, 'record-contest', call.body.reason);
      const body = await once(connection, call, async (session) => {
        const { entries, computation } = weighed(personId, work);
        const entry = entries.find((one) => one.criterion === criterion);
        const contest: ContestDocument = {
          _id: idFrom(call.operationId, 'rct'),
          municipalityId,
          pilotId,
          personId,
          criterion,
          contested: requireContestable(entry, contestUntil(pilot), now()),
          computation: computation.filter(({ label }) => label.startsWith(criterion)).map(lineText),
          reason,
          dueAt: decisionDue(pilot, now()),
          at: now().toISOString(),
        };
        await stores.contests.insert(session, contest);
        return contestView({ ...contest, decision: null }, now());
      });
      await tellNow(parts, body.contestId, call.log);
      return { body };
    },
    async listContests({ params, query }) {
      const page = await stores.contests.listOpen(params.municipalityId, query);
      return { body: mapPage(page, (one) => contestView(one, now())) };
    },
    async getContest({ params, person, rolesHere }) {
      const contest = await stores.contests.get(params.municipalityId, params.contestId);
      const mayRead = rolesHere.includes('appeal-body') || rolesHere.includes('hr');
      // Whether somebody contests their record is nobody else's business.
      if (contest.personId !== person.id && !mayRead) throw new DomainError('not-found');
      return { body: await fileOf(parts, contest) };
    },
    async decideContest(call) {
      const { municipalityId, contestId } = call.params;
      const contest = await stores.contests.get(municipalityId, contestId);
      const pilot = await stores.pilots.get(municipalityId, contest.pilotId);
      const { projects, ratings } = await workOf(parts, pilot, [contest.personId]);
      requireUnconcerned(call.person.id, contest, { projects, raters: ratings.map(({ rater }) => rater) });
      const figure = figureOf(contest.criterion, call.body);
      const purpose = 'record-contest-decision';
      const reason = await storeText(connection, call, municipalityId, purpose, call.body.reason);
      const body = await once(connection, call, async (session) => {
        const decision: ContestDecisionDocument = {
          _id: contestId,
          municipalityId,
          pilotId: contest.pilotId,
          upheld: call.body.upheld,
          figure,
          reason,
          decidedBy: call.person.id,
          at: now().toISOString(),
        };
        await stores.contests.decide(session, decision);
        return contestView({ ...contest, decision }, now());
      });
      await tellNow(parts, contestId, call.log);
      return { body };
    },
  };
}

/** Who cannot be told now is told later, and the request does not fail of it. */
async function tellNow(parts: Parts, contestId: string, log: Call['log']): Promise<void> {
  const contest = await parts.stores.contests.find(contestId);
  if (!contest) return;
  await tellOfContest(parts, contest).catch((error: unknown) => {
    log.warn({ err: error, contestId }, 'nobody told of a contest yet');
  });
}

async function fileOf({ connection, now }: Parts, contest: Contest) {
  const { municipalityId, reason, decision, computation } = contest;
  const written = await readText(connection, municipalityId, reason.id);
  const answered = decision && (await readText(connection, municipalityId, decision.reason.id));
  return {
    ...contestView(contest, now()),
    computation,
    reasonText: written?.text ?? '',
    decisionText: answered?.text ?? null,
  };
}
