import { createClient } from '@talkoot/api-contracts';
import { boardTileParams } from '@talkoot/api-contracts/ballots';
import { identityApi } from '@talkoot/api-contracts/identity';
import { witnessApi } from '@talkoot/api-contracts/witness';
import {
  BoardError,
  GrowingTree,
  isSignedBy,
  issuanceOrigin,
  parseArchive,
  parseCheckpoint,
} from '@talkoot/ballot-protocol';
import type { Manifest, NoteKey, SignedCheckpoint } from '@talkoot/ballot-protocol';
import { leafHashesOf } from '@talkoot/ballot-protocol/device';
import { verifySignature } from '@talkoot/ballot-protocol/node';
import { PollRefused } from '../poll.errors.ts';
import type { PollPlace } from '../poll.place.ts';
import type { ShownLog } from './log.comparison.ts';

/** One of the three logs of a poll: its checkpoint, and what it shows of itself before. */
export interface PollLog extends ShownLog {
  readonly key: NoteKey;
  readonly checkpoint: SignedCheckpoint;
}

/** What a witness last cosigned of a log; null where that is nothing. */
export type CosignedHead = SignedCheckpoint | null;

/**
 * The board of a poll, as it shows itself now.
 * @param sizes of which it is asked for the root
 * @throws PollRefused `log-unsigned`, `board-differs`
 */
export async function readBoard(
  { ballots, poll: { pollId } }: PollPlace,
  { board }: Manifest,
  sizes: ReadonlySet<number>,
): Promise<PollLog> {
  const key = { name: board.origin, publicKey: Buffer.from(board.publicKey, 'hex') };
  const note = await ballots.getBoardCheckpoint({ params: { pollId } });
  const checkpoint = signed(parseCheckpoint(Buffer.from(note)), key);
  const tile = (path: string) => ballots.getBoardTile({ params: boardTileParams(pollId, path) });
  const roots = await rootsOf(checkpoint, tile, sizes);
  return { ...checkpoint, key, checkpoint, rootAt: (size) => roots.get(size) };
}

async function rootsOf(
  checkpoint: SignedCheckpoint,
  tile: (path: string) => Promise<Uint8Array>,
  sizes: ReadonlySet<number>,
): Promise<Map<number, Uint8Array>> {
  const tree = new GrowingTree();
  const roots = new Map<number, Uint8Array>();
  try {
    for await (const hash of leafHashesOf(checkpoint, tile)) {
      tree.append(hash);
      if (sizes.has(tree.size)) roots.set(tree.size, tree.root());
    }
  } catch (cause) {
    if (!(cause instanceof BoardError)) throw cause;
    throw new PollRefused('board-differs', 'The board shows other leaves than its checkpoint says.', {
      cause,
    });
  }
  return roots;
}

/**
 * What an issuer logged of a poll, by its archived checkpoints.
 * @throws PollRefused `log-unsigned`
 */
export async function readIssuance(
  { poll }: Pick<PollPlace, 'poll'>,
  { board }: Manifest,
  { name, logKey }: Manifest['issuers'][number],
  baseUrl: string,
): Promise<PollLog> {
  const key = { name: issuanceOrigin(board.origin, name), publicKey: Buffer.from(logKey, 'hex') };
  const issuer = createClient(identityApi, { baseUrl, deadlineMs: 30_000 });
  const archive = parseArchive(Buffer.from(await issuer.getIssuanceCheckpoints({ params: poll })));
  const roots = new Map(archive.map(({ size, root }) => [size, root]));
  const checkpoint = archive.at(-1);
  if (!checkpoint) throw new PollRefused('log-unsigned', `${key.name} has no checkpoint yet.`);
  return { ...checkpoint, key, checkpoint: signed(checkpoint, key), rootAt: (size) => roots.get(size) };
}

/** @throws PollRefused `log-unsigned` for what the log never signed */
function signed(checkpoint: SignedCheckpoint, key: NoteKey): SignedCheckpoint {
  if (checkpoint.origin === key.name && isSignedBy(checkpoint.note, key, verifySignature)) return checkpoint;
  throw new PollRefused(
    'log-unsigned',
    `${key.name} did not sign this checkpoint of ${checkpoint.size} leaves.`,
  );
}

/**
 * What a witness last cosigned of a log.
 * @throws PollRefused `log-unsigned`; what the client throws
 */
export async function readHead(baseUrl: string, key: NoteKey): Promise<CosignedHead> {
  const witness = createClient(witnessApi, { baseUrl, deadlineMs: 10_000 });
  const { note } = await witness.getTreeHead({ query: { origin: key.name } });
  return note === null ? null : signed(parseCheckpoint(Buffer.from(note)), key);
}
