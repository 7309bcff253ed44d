import { canonicalJson, encodeComplaints } from '@talkoot/ballot-protocol';
import { files as names } from '@talkoot/ballot-protocol/counting';
import { DomainError } from '@talkoot/http-service';
import { createHash } from 'node:crypto';
import type { Ballots, IssuerClient } from '../ballots.ts';
import { desksOf, issuedAt, publishedDesks } from '../desk/desk.ts';
import type { Poll } from '../poll/poll.ts';
import type { StoredFile } from './file.store.ts';

/** Time one file of an issuer may take, in milliseconds: a roll of a million entries has 32 MB. */
const deadlineMs = 120_000;

/**
 * Writes the public files of a tallied poll (PROTOCOL §7), once; repeating it answers the same files.
 * @throws DomainError `not-found`, `poll-not-tallied`, `issuers-differ`
 */
export async function publishFiles(parts: Ballots, pollId: string): Promise<readonly StoredFile[]> {
  const { files, publications, polls, tallies } = parts;
  const poll = await polls.get(pollId);
  const before = await publications.find(pollId);
  if (before) return before;
  const tallied = await tallies.filesOf(pollId);
  if (tallied.length === 0) throw new DomainError('poll-not-tallied');
  const written: StoredFile[] = [];
  for (const [name, content] of contentsOf(parts, poll)) {
    written.push(await files.write(pollId, name, content));
  }
  const own = [names.release, names.result].map((name) => tallied.find((file) => file.name === name)!);
  const standing = await publications.put(pollId, [...written, ...own]);
  if (!standing.some(({ id }) => id === written[0]!.id)) await files.remove(written);
  return standing;
}

type Content = readonly [name: string, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>];

/** All files but those that the count has written already. Each is fetched when its turn comes. */
function contentsOf({ board, desks, issuers }: Ballots, poll: Poll): Content[] {
  const { pollId, municipalityId } = poll;
  const params = { municipalityId, pollId };
  const ofIssuer = ({ name, rollHash }: Poll['issuers'][number], issuer: IssuerClient): Content[] => [
    [
      names.roll(name),
      later(async () => rollOf(await issuer.getRollFile({ params, deadlineMs }), name, rollHash)),
    ],
    [names.issuance(name), later(() => issuer.getIssuanceFile({ params, deadlineMs }))],
    [names.issuanceCheckpoints(name), later(() => issuer.getIssuanceCheckpoints({ params, deadlineMs }))],
  ];
  return [
    [names.manifest, [Buffer.from(poll.manifest!)]],
    ...ofIssuer(poll.issuers[0]!, issuers[0]),
    ...ofIssuer(poll.issuers[1]!, issuers[1]),
    [names.board, board.leavesOf(pollId)],
    [names.boardCheckpoints, later(() => board.archiveOf(pollId))],
    [names.complaints, later(async () => encodeComplaints(await board.complaintsOf(pollId)))],
    [
      names.desks,
      later(async () => {
        const issued = issuedAt(await desks.issuedBy(pollId));
        return canonicalJson(publishedDesks(desksOf(await desks.all(pollId), issued)));
      }),
    ],
  ];
}

/** An issuer that shows another roll than the manifest has is asked again, until it shows the right one. */
function rollOf(bytes: Uint8Array, issuer: string, rollHash: string): Uint8Array {
  if (createHash('sha256').update(bytes).digest('hex') === rollHash) return bytes;
  throw new DomainError('issuers-differ', `The roll of ${issuer} is not that of the manifest`);
}

async function* later(read: () => Promise<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  yield Buffer.from((await read()) as string);
}
