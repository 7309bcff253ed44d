import type { BallotsApi, PollWindows } from '@talkoot/api-contracts/ballots';
import { publicKeyOf, questionHash, readManifest } from '@talkoot/ballot-protocol';
import { decodeCursor, DomainError, inTransaction, pageFrom } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import { readText } from '@talkoot/lifecycle-record';
import { initialState } from '@talkoot/workflow-contracts';
import type { LifecycleFacts } from '@talkoot/workflow-contracts';
import { z } from 'zod';
import type { Ballots } from '../ballots.ts';
import { boardOrigin } from '../board/sealed.poll.ts';
import { hashOf, manifestOf, questionSha256Of, requireBothIssuers } from './manifest.ts';
import type { ManifestParts } from './manifest.ts';
import { ballotOf, pollFrom } from './poll.ts';
import type { Poll, PollPlan } from './poll.ts';

type Routes = Pick<
  Handlers<BallotsApi>,
  | 'preparePoll'
  | 'recordRolls'
  | 'publishManifest'
  | 'listPolls'
  | 'getPoll'
  | 'getManifest'
  | 'listPollSteps'
  | 'getPollText'
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
      const { issuers } = call.body;
      requireBothIssuers(issuers);
      await polls.get(call.params.pollId);
      const { roll, protocol, issuers: recorded } = await polls.setRolls(call.params.pollId, issuers);
      const enough = recorded.every((one) => one.roll >= protocol.minima.roll);
      return { body: { roll: roll!, enough } };
    },

    async publishManifest(call) {
      const { pollId } = call.params;
      const manifest = await manifestOnce(parts, pollId, call.body);
      await parts.board.open(Buffer.from(manifest));
      return { body: { manifest, manifestSha256: hashOf(manifest) } };
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
      return { body: { ...poll, ballot: ballotOf(poll), manifestSha256, lifecycle } };
    },

    async getManifest(call) {
      const { municipalityId, pollId } = call.params;
      const { manifest } = await polls.get(pollId, municipalityId);
      if (manifest === null) throw new DomainError('poll-without-manifest');
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
  const facts = { questionSha256: questionSha256Of(poll) } satisfies LifecycleFacts['poll'];
  const state = initialState('poll', { id: pollId, municipalityId, pilotId, roundId, projectId, facts });
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

/** What the worker says of a manifest: when its phases end, what both issuers sealed for the lot, and what was asked for. */
interface Wanted {
  readonly windows: PollWindows | null;
  readonly lot: ManifestParts['lot'];
  readonly questionSha256: string;
}

/**
 * The manifest of a poll, written on the first call and the same ever after. Who changed what is asked since it was prepared
 * gets no manifest of it.
 * @throws DomainError `key-not-made`, `issuers-differ`, `manifest-invalid`, `question-differs`
 */
async function manifestOnce(parts: Ballots, pollId: string, wanted: Wanted): Promise<string> {
  const { polls } = parts;
  const poll = await polls.get(pollId);
  const manifest = poll.manifest ?? (await newManifest(parts, poll, wanted));
  const question = questionHash(readManifest(Buffer.from(manifest)).manifest);
  if (hexOf(question) !== wanted.questionSha256) throw new DomainError('question-differs');
  return polls.setManifest(pollId, manifest, wanted.windows);
}

async function newManifest(
  { keys, setting }: Ballots,
  poll: Poll,
  { windows, lot }: Wanted,
): Promise<string> {
  const { key } = await keys.find(poll.pollId);
  // A key is made only once the rolls are frozen, so that both are there.
  if (key === null) throw new DomainError('key-not-made');
  if (lot[0].commitment === lot[1].commitment)
    throw new DomainError('issuers-differ', 'Both have one seed of the lot');
  const board = {
    origin: boardOrigin(setting.origin, poll.municipalityId, poll.pollId),
    publicKey: hexOf(publicKeyOf(setting.key)),
  };
  const witnesses = setting.witnesses.map(({ name, organisation, publicKey }) => ({
    name,
    organisation,
    publicKey: hexOf(publicKey),
  }));
  return manifestOf(poll, { key, lot, windows, board, witnesses });
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
