import type { BallotsApi } from '@talkoot/api-contracts/ballots';
import { decodeCursor, DomainError, inTransaction, pageFrom } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import { readText } from '@talkoot/lifecycle-record';
import { initialState } from '@talkoot/workflow-contracts';
import { z } from 'zod';
import type { Ballots } from '../ballots.ts';
import { hashOf, manifestOf, requireBothIssuers } from './manifest.ts';
import { pollFrom } from './poll.ts';
import type { PollPlan } from './poll.ts';

type Routes = Pick<
  Handlers<BallotsApi>,
  'preparePoll' | 'recordRolls' | 'listPolls' | 'getPoll' | 'getManifest' | 'listPollSteps' | 'getPollText'
>;

export function pollRoutes(parts: Ballots): Routes {
  const { connection, polls, record } = parts;
  return {
    async preparePoll(call) {
      const { pollId } = call.params;
      await prepare(parts, pollId, call.body);
      return { body: { pollId } };
    },

    async recordRolls(call) {
      const { pollId } = call.params;
      const { issuers } = call.body;
      requireBothIssuers(issuers);
      const asked = await polls.get(pollId);
      const { roll, manifest } = await polls.setRolls(pollId, issuers, manifestOf(asked, issuers));
      return { body: { roll: roll!, manifestSha256: hashOf(manifest!) } };
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
      const manifestSha256 = poll.manifest === null ? null : hashOf(poll.manifest);
      return { body: { ...poll, manifestSha256, lifecycle } };
    },

    async getManifest(call) {
      const { municipalityId, pollId } = call.params;
      const { manifest } = await polls.get(pollId, municipalityId);
      if (manifest === null) throw new DomainError('poll-roll-not-frozen');
      return { body: manifest };
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
