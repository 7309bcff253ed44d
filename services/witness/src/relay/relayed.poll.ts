import {
  BoardError,
  cosignedAt,
  ManifestError,
  parseCheckpoint,
  planInclusion,
  readManifest,
  readProof,
  requireInclusion,
  requireLogSigned,
  tileNodes,
  tilePath,
} from '@talkoot/ballot-protocol';
import type { BindingManifest, LeafVerdict, NoteKey, Promiser } from '@talkoot/ballot-protocol';
import { leafHash, pooledLeafChecker, verifySignature as verify } from '@talkoot/ballot-protocol/node';
import { watchedAs } from '../logs/watched.ts';
import type { WatchedLogs } from '../logs/watched.ts';
import type { BoardClient, PollPlace } from './board.client.ts';

/** A poll that the relay takes ballots of. */
export interface RelayedPoll {
  readonly place: PollPlace;
  readonly binding: BindingManifest;
  /** Whose promises count. */
  readonly promiser: Promiser;
  /** Beside the event loop. */
  readonly check: (leaf: Uint8Array) => Promise<LeafVerdict>;
  /** When it became known here, milliseconds since 1970. */
  readonly learned: number;
}

/** @throws ManifestError */
export function relayedPoll(manifest: string, learned: number): RelayedPoll {
  const binding = readManifest(Buffer.from(manifest));
  const { municipality, poll, board } = binding.manifest;
  return {
    place: { municipalityId: municipality, pollId: poll },
    binding,
    promiser: { manifest: binding.m, boardKey: Buffer.from(board.publicKey, 'hex'), verify },
    check: pooledLeafChecker(binding),
    learned,
  };
}

/** The witness that the relay stands beside, and whose boards it watches. */
export interface OwnWitness {
  readonly key: NoteKey;
  readonly logs: readonly WatchedLogs[];
}

/** The poll whose board an origin names; null for other logs. */
export function placeOf(origin: string): PollPlace | null {
  if (/\/issuance\/[^/]+$/.test(origin)) return null;
  const id = '[a-z0-9][a-z0-9-]{2,63}';
  const [, municipalityId, pollId] = new RegExp(`/(${id})/(${id})$`).exec(origin) ?? [];
  return municipalityId && pollId ? { municipalityId, pollId } : null;
}

/** The board shows no manifest that this witness has signed for. */
export class ManifestUnproven extends Error {
  override readonly name = 'ManifestUnproven';
}

/**
 * The manifest of a poll, which the board shows and this witness once cosigned as leaf 0: so no board can show the relay another
 * one than voters have.
 * @returns its bytes as text
 * @throws ManifestUnproven; ApiProblem, ServiceUnreachable of the board
 */
export async function provenManifest(
  board: BoardClient,
  witness: OwnWitness,
  pollId: string,
): Promise<string> {
  const note = await board.checkpoint(pollId);
  try {
    const { origin, size, root } = ownCheckpoint(witness, note);
    const place = placeOf(origin);
    if (place?.pollId !== pollId) throw new ManifestUnproven(`${origin} is the board of another poll`);
    const text = await board.manifest(place);
    requireSamePlace(text, origin, place);
    const fetch = tileNodes(size, (tiles) =>
      Promise.all(tiles.map((tile) => board.tile(pollId, tilePath(tile)))),
    );
    const proof = await readProof(planInclusion(0, size), fetch);
    requireInclusion({ leafHash: leafHash(Buffer.from(text)), index: 0, size, root, proof });
    return text;
  } catch (cause) {
    if (!(cause instanceof BoardError || cause instanceof ManifestError)) throw cause;
    throw new ManifestUnproven(`The board of ${pollId}: ${cause.code}`, { cause });
  }
}

function ownCheckpoint({ key, logs }: OwnWitness, note: string) {
  const checkpoint = parseCheckpoint(Buffer.from(note));
  const entry = watchedAs(logs, checkpoint.origin);
  if (!entry) throw new ManifestUnproven(`${checkpoint.origin} is not watched`);
  const log = { name: checkpoint.origin, publicKey: entry.publicKey };
  requireLogSigned(checkpoint, { log, verify });
  if (cosignedAt(checkpoint.note, key, verify) === undefined)
    throw new ManifestUnproven(`This witness has not cosigned that checkpoint of ${checkpoint.origin}`);
  return checkpoint;
}

function requireSamePlace(text: string, origin: string, { municipalityId, pollId }: PollPlace): void {
  const { manifest } = readManifest(Buffer.from(text));
  const isSame =
    manifest.board.origin === origin && manifest.municipality === municipalityId && manifest.poll === pollId;
  if (!isSame) throw new ManifestUnproven(`${origin} begins with the manifest of another poll`);
}
