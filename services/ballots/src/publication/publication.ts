import { encodeComplaints, readClosingRecord } from '@talkoot/ballot-protocol';
import { files as names } from '@talkoot/ballot-protocol/counting';
import { DomainError } from '@talkoot/http-service';
import { createHash } from 'node:crypto';
import type { Ballots, IssuerClient } from '../ballots.ts';
import type { Poll } from '../poll/poll.ts';
import type { Content, StoredFile } from './file.store.ts';
import { sweepPoll } from './sweep.ts';

/** Time one file of an issuer may take, in milliseconds: a roll of a million entries has 32 MB. */
const deadlineMs = 120_000;

/**
 * Writes the public files of a tallied poll (PROTOCOL §7), once; repeating it answers the same files.
 * @throws DomainError `not-found`, `poll-not-tallied`, `issuers-differ`, `closing-differs`
 */
export async function publishFiles(parts: Ballots, pollId: string): Promise<readonly StoredFile[]> {
  const { files, publications, polls, tallies } = parts;
  const poll = await polls.get(pollId);
  const before = await publications.find(pollId);
  if (before) return before;
  const tallied = await tallies.filesOf(pollId);
  if (tallied.length === 0) throw new DomainError('poll-not-tallied');
  const written = await files.write(pollId, await contentsOf(parts, poll));
  const own = [names.release, names.result].map((name) => tallied.find((file) => file.name === name)!);
  const standing = await publications.put(pollId, [...written, ...own]);
  await sweepPoll(parts, pollId);
  return standing;
}

/** All files but those that the count has written already. Each is fetched when its turn comes. */
async function contentsOf({ board, issuers }: Ballots, poll: Poll): Promise<Content[]> {
  const { pollId, municipalityId } = poll;
  const params = { municipalityId, pollId };
  const { complaints, closing, desks } = await closedWith(board, pollId);
  const ofIssuer = ({ name, rollHash }: Poll['issuers'][number], issuer: IssuerClient): Content[] => [
    [
      names.roll(name),
      later(async () => rollOf(await issuer.getRollFile({ params, deadlineMs }), name, rollHash)),
    ],
    [names.issuance(name), later(() => issuer.getIssuanceFile({ params, deadlineMs }))],
    [names.issuanceCheckpoints(name), later(() => issuer.getIssuanceCheckpoints({ params, deadlineMs }))],
  ];
  return [
    [names.manifest, [poll.manifest!]],
    ...ofIssuer(poll.issuers[0]!, issuers[0]),
    ...ofIssuer(poll.issuers[1]!, issuers[1]),
    [names.board, board.leavesOf(pollId)],
    [names.boardCheckpoints, later(() => board.archiveOf(pollId))],
    [names.complaints, [complaints]],
    [names.desks, [desks]],
    [names.closing, [closing]],
  ];
}

/**
 * What the last leaf of the board speaks of, to the byte: anything else would be found out by whoever verifies.
 * @throws DomainError `closing-differs`
 */
async function closedWith(board: Ballots['board'], pollId: string) {
  // A tallied poll was closed before.
  const { record, desks } = (await board.closingOf(pollId))!;
  const said = readClosingRecord(Buffer.from(record));
  const complaints = encodeComplaints(await board.complaintsOf(pollId));
  if (said.complaints !== sha256Of(complaints)) throw new DomainError('closing-differs', names.complaints);
  if (said.desks !== sha256Of(desks)) throw new DomainError('closing-differs', names.desks);
  return { complaints, desks, closing: record };
}

/** An issuer that shows another roll than the manifest has is asked again, until it shows the right one. */
function rollOf(bytes: Uint8Array, issuer: string, rollHash: string): Uint8Array {
  if (sha256Of(bytes) === rollHash) return bytes;
  throw new DomainError('issuers-differ', `The roll of ${issuer} is not that of the manifest`);
}

async function* later(read: () => Promise<Uint8Array | string>): AsyncGenerator<Uint8Array | string> {
  yield await read();
}

const sha256Of = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
