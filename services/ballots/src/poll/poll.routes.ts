import type { BallotsApi } from '@talkoot/api-contracts/ballots';
import { decodeCursor, DomainError, inTransaction, pageFrom } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import { readText } from '@talkoot/lifecycle-record';
import { initialState } from '@talkoot/workflow-contracts';
import { z } from 'zod';
import type { Ballots } from '../ballots.ts';
import { pollFrom } from './poll.ts';
import type { PollPlan } from './poll.ts';

type Routes = Pick<
  Handlers<BallotsApi>,
  'preparePoll' | 'recordRoll' | 'listPolls' | 'getPoll' | 'listPollSteps' | 'getPollText'
>;

export function pollRoutes(parts: Ballots): Routes {
  const { connection, polls, record } = parts;
  return {
    async preparePoll(call) {
      const { pollId } = call.params;
      await prepare(parts, pollId, call.body);
      return { body: { pollId } };
    },

    async recordRoll(call) {
      return { body: { roll: await polls.setRoll(call.params.pollId, call.body.roll) } };
    },

    async listPolls(call) {
      const { after, limit, ...filter } = call.query;
      const page = { after: decodeCursor(after, z.string()), limit: limit + 1 };
      const rows = await polls.list(call.params.municipalityId, filter, page);
      return { body: pageFrom(rows, limit, (row) => row.pollId) };
    },

    async getPoll(call) {
      const { municipalityId, pollId } = call.params;
      const poll = await polls.get(pollId, municipalityId);
      const lifecycle = await record.view('poll', pollId, municipalityId);
      if (!lifecycle) throw new DomainError('not-found');
      return { body: { ...poll, lifecycle } };
    },

    async listPollSteps(call) {
      const { municipalityId, pollId } = call.params;
      await polls.get(pollId, municipalityId);
      return { body: await record.steps('poll', pollId, call.query) };
    },

    async getPollText(call) {
      const { municipalityId, textId } = call.params;
      const found = await readText(connection, municipalityId, textId);
      if (!found) throw new DomainError('not-found');
      return { body: { ...found, at: found.at.toISOString() } };
    },
  };
}

/** @throws DomainError `poll-differs`, `poll-invalid` */
async function prepare({ connection, polls, record }: Ballots, pollId: string, plan: PollPlan) {
  const poll = pollFrom(pollId, plan);
  const { municipalityId, pilotId, roundId, projectId } = plan;
  const state = initialState('poll', { id: pollId, municipalityId, pilotId, roundId, projectId });
  const isPrepared = async () => {
    const before = await polls.find(pollId);
    if (before && before.planSha256 !== poll.planSha256) throw new DomainError('poll-differs');
    return before !== null;
  };
  if (await isPrepared()) return;
  try {
    await inTransaction(connection, async (session) => {
      await polls.add(poll, session);
      await record.start(session, 'poll', state);
    });
  } catch (error) {
    const isRival = (error as { code?: unknown }).code === 11_000;
    if (!isRival || !(await isPrepared())) throw error;
  }
}
