import { decodeLeaf, leafLength, parseArchive, readManifest } from '@talkoot/ballot-protocol';
import { leafHash } from '@talkoot/ballot-protocol/node';
import type { Play } from '@talkoot/cli';
import { spansOf } from '../running-system.ts';
import type { RunningSystem } from '../running-system.ts';
import type { Poll } from './link.ts';
import type { Witnessed } from './plants.ts';

/** The vote that all residents took part in, as its board and who watched the issuers know it; and whose ballots are whose. */
export interface PlayedVote {
  readonly poll: Poll;
  readonly truth: readonly number[];
  /** In the order in which they came. */
  readonly castings: readonly Witnessed[];
  readonly replaced: number;
}

type Kept = Play['polls'][number]['receipts'][number];
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

export async function playedVote(system: RunningSystem): Promise<PlayedVote> {
  const { play } = system;
  const { pollId, receipts } = play.polls.find(({ kind }) => kind === 'prioritisation')!;
  const params = { municipalityId: play.plan.municipality.id, pollId };
  const manifest = readManifest(Buffer.from(await play.visitor.ballots.getManifest({ params })));
  const keyOf = ({ receipt }: Kept) => hex(decodeLeaf(manifest.manifest, receipt.leaf)!.publicKey);
  const byVoter = Map.groupBy(receipts, ({ voter }) => voter);
  // By an id that says nothing of when they voted.
  const voters = [...byVoter.keys()].toSorted((one, other) => (one.personId < other.personId ? -1 : 1));
  const keys = [...Map.groupBy(receipts, keyOf)].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const truth = keys.map(([, kept]) => voters.indexOf(kept[0]!.voter));
  const audited = await Promise.all(voters.map(({ auditor }) => auditor.getMe({})));
  const poll: Poll = {
    voters: voters.map((voter, index) => ({
      handles: [voter.personId, audited[index]!.personId],
      issuedAt: byVoter.get(voter)![0]!.certifiedAt,
    })),
    ballots: keys.map(([key, kept]) => ({
      handles: [key, ...kept.flatMap(({ receipt }) => namesOf(receipt.leaf))],
    })),
    batches: (await batchesOf(play, params)).flatMap((hashes) => {
      const ballots = keys.flatMap(([, kept], at) => (isFirstOf(hashes, kept) ? [at] : []));
      const voters = ballots.map((at) => truth[at]!).toSorted((one, other) => one - other);
      // The closing record stands under a checkpoint of its own: nobody's ballot is there.
      return ballots.length === 0 ? [] : [{ ballots, voters }];
    }),
  };
  const castings = await inOrder(system, receipts);
  return { poll, truth, castings, replaced: receipts.length - keys.length };
}

/** Names of a leaf that stores could use. */
function namesOf(leaf: Uint8Array): string[] {
  const hash = leafHash(leaf);
  return ['hex', 'base64', 'base64url'].map((form) => Buffer.from(hash).toString(form as BufferEncoding));
}

interface PublishedBatch {
  readonly place: ReadonlyMap<string, number>;
  readonly from: number;
  readonly to: number;
}

/** The batches of the board: what lies between two of its checkpoints. */
async function batchesOf(
  { visitor }: Play,
  params: { readonly municipalityId: string; readonly pollId: string },
): Promise<PublishedBatch[]> {
  const read = (file: string) => visitor.ballots.getPublicationFile({ params: { ...params, file } });
  const { manifest } = readManifest(await read('manifest.json'));
  const bytes = await read('board.bin');
  const length = leafLength(manifest);
  const place = new Map<string, number>();
  for (let at = 0; at < bytes.length / length; at += 1) {
    place.set(hex(leafHash(bytes.subarray(at * length, (at + 1) * length))), at + 1);
  }
  const sizes = parseArchive(await read('board.checkpoints')).map(({ size }) => size);
  const ends = [...new Set(sizes)].filter((size) => size > 1);
  return ends.map((to, index) => ({ place, from: index === 0 ? 1 : ends[index - 1]!, to }));
}

/** Whether the first leaf of a key on the board is in this batch. */
function isFirstOf({ place, from, to }: PublishedBatch, kept: readonly Kept[]): boolean {
  const first = Math.min(...kept.map(({ receipt }) => place.get(hex(leafHash(receipt.leaf)))!));
  return first >= from && first < to;
}

/** The castings as somebody at the wire would have seen them; the n-th certificate is the issuer's n-th such request. */
async function inOrder(system: RunningSystem, receipts: readonly Kept[]): Promise<Witnessed[]> {
  const spans = (await spansOf(system)).filter(
    ({ service, name }) => service === 'identity' && /POST .*\/certificate$/.test(name),
  );
  const traces = spans.toSorted((one, other) => one.endMs - other.endMs).map(({ traceId }) => traceId);
  const certified = [...Map.groupBy(receipts, ({ voter }) => voter).values()].toSorted(
    ([one], [other]) => one!.certifiedAt[0] - other!.certifiedAt[0],
  );
  // A device casts when it has both certificates.
  const ordered = certified
    .flatMap((kept, nth) => kept.map((one) => ({ ...one, traceId: traces[nth]! })))
    .toSorted((one, other) => Math.max(...one.certifiedAt) - Math.max(...other.certifiedAt));
  return ordered.map(({ voter, receipt, certifiedAt, traceId }) => ({
    leafHash: hex(leafHash(receipt.leaf)),
    personId: voter.personId,
    at: Math.max(...certifiedAt),
    traceId,
  }));
}
