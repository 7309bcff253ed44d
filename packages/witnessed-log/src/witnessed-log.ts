import {
  addCosignatures,
  decideSigning,
  emptyRoot,
  encodeArchive,
  noteText,
  parseCheckpoint,
  parseTilePath,
  planConsistency,
  publicKeyOf,
  quorumOf,
  readProof,
  readRoot,
  requireStanding,
  signCheckpoint,
  tileNodes,
  tileWidth,
} from '@talkoot/ballot-protocol';
import type {
  NodeReader,
  NoteSignature,
  SignedCheckpoint,
  TreeHead,
  WitnessAnswer,
} from '@talkoot/ballot-protocol';
import { verifySignature as verify } from '@talkoot/ballot-protocol/node';
import type { ClientSession } from 'mongoose';
import { LogError } from './log.errors.ts';
import { mostLeavesAtOnce } from './log.store.ts';
import type { LogStore } from './log.store.ts';
import { witnessClient } from './witness.client.ts';
import type { WitnessAddress, WitnessClient } from './witness.client.ts';

/** Whose log it is, and who witnesses it. */
export interface LogIdentity {
  /** Name of the log and of its key. */
  readonly origin: string;
  /** Seed of its Ed25519 key, 32 bytes. */
  readonly secretKey: Uint8Array;
  readonly witnesses: readonly WitnessAddress[];
}

export interface WitnessedLogOptions {
  /** Time one call to a witness may take; 5 s unless said. */
  readonly deadlineMs?: number;
  /** How long a good answer of `requireCurrent` is remembered; 60 s unless said. */
  readonly rememberMs?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface WitnessedLog {
  /**
   * Appends leaf hashes, in the caller's transaction. Two that append at the same size conflict.
   * @throws LogError `append-conflict` unless the log has `at` leaves, `append-too-large`, `damaged`
   */
  append(at: number, leafHashes: readonly Uint8Array[], session: ClientSession): Promise<TreeHead>;
  /** Size 0: never begun. */
  head(session?: ClientSession): Promise<TreeHead>;
  /**
   * Signs the present head, has it cosigned by more than half of the witnesses, archives it. Again at the same
   * head: the archived one.
   * @throws LogError `witnesses-silent`, `behind`, `forked`, `never-begun`, `damaged`
   */
  checkpoint(): Promise<SignedCheckpoint>;
  /** The last archived checkpoint. */
  standing(): Promise<SignedCheckpoint | null>;
  /** All archived checkpoints, oldest first, as `parseArchive` reads them. */
  archive(): Promise<Uint8Array>;
  /**
   * The hashes of a tile by its level and the rest of its path (`x001/x234/067`, `273.p/112`; C2SP tlog-tiles), if
   * the standing checkpoint covers it.
   */
  tile(level: number, path: string): Promise<Uint8Array | null>;
  /**
   * Requires that the log has all that its witnesses cosigned: before it signs anything. A good answer is remembered
   * for a minute, a bad one never.
   * @throws LogError `witnesses-silent`, `behind`, `forked`, `damaged`
   */
  requireCurrent(): Promise<void>;
}

/** Times a checkpoint is tried again because the log grew meanwhile, and a witness asked again for its size. */
const mostTries = 4;

/**
 * A log of a database.
 * @throws BoardError `witnesses-invalid` without witnesses, or for a key or name that occurs twice
 */
export function witnessedLog(
  store: LogStore,
  identity: LogIdentity,
  options: WitnessedLogOptions = {},
): WitnessedLog {
  const { origin, secretKey, witnesses } = identity;
  const { deadlineMs = 5_000, rememberMs = 60_000, now = Date.now } = options;
  const key = { name: origin, publicKey: publicKeyOf(secretKey) };
  const policy = { log: key, witnesses, verify };
  const quorum = quorumOf(witnesses);
  const clients = witnesses.map((witness) => witnessClient(witness, key, deadlineMs));
  let currentUntil = 0;

  const head = async (session?: ClientSession) => headOf(await store.tree(origin, session));
  const reader = (size: number): NodeReader =>
    tileNodes(size, async (tiles) =>
      (await store.readTiles(origin, tiles)).map((hashes, at) =>
        (hashes ?? new Uint8Array()).subarray(0, tiles[at]!.width * 32),
      ),
    );
  const rootAt = (size: number, of: number) => (size === 0 ? emptyRoot() : readRoot(size, reader(of)));

  async function lineOf(client: WitnessClient, checkpoint: SignedCheckpoint, from: number) {
    let old = from;
    for (let tries = 0; tries < mostTries && old <= checkpoint.size; tries += 1) {
      const proof = await readProof(planConsistency(old, checkpoint.size), reader(checkpoint.size));
      const answer = await client.cosign(checkpoint, old, proof);
      if (answer.outcome === 'cosigned') return answer.line;
      if (answer.outcome === 'refused' || answer.size === old) return undefined;
      old = answer.size;
    }
    return undefined;
  }

  async function gather(checkpoint: SignedCheckpoint): Promise<NoteSignature[]> {
    const from = Math.min((await standing())?.size ?? 0, checkpoint.size);
    const asked = await Promise.allSettled(clients.map((client) => lineOf(client, checkpoint, from)));
    return asked.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
  }

  async function examine(): Promise<void> {
    const asked = await Promise.allSettled(clients.map((client) => client.last()));
    const { size } = await head();
    const answers: WitnessAnswer[] = [];
    for (const [at, one] of asked.entries()) {
      if (one.status === 'rejected') continue;
      const last = one.value;
      const ownRoot = last.size > size ? undefined : await rootAt(last.size, size);
      answers.push({ witness: witnesses[at]!.name, last, ownRoot });
    }
    const decision = decideSigning(witnesses, answers);
    if (decision.outcome === 'refuse') throw new LogError(decision.code, decision.witness ?? origin);
  }

  async function standing(): Promise<SignedCheckpoint | null> {
    const note = await store.standing(origin);
    return note === undefined ? null : parseCheckpoint(Buffer.from(note));
  }

  async function checkpointAt({ size, root }: TreeHead): Promise<SignedCheckpoint | undefined> {
    const before = await store.archived(origin, size);
    if (before !== undefined) return parseCheckpoint(Buffer.from(before));
    const signed = signCheckpoint({ origin, size, root }, secretKey);
    const checkpoint = addCosignatures(signed, await gather(signed), policy);
    if (checkpoint.note.signatures.length <= quorum) return undefined;
    requireStanding(checkpoint, policy);
    const archived = await store.archive(origin, size, noteText(checkpoint.note));
    return parseCheckpoint(Buffer.from(archived));
  }

  return {
    append: async (at, leafHashes, session) => {
      if (leafHashes.length > mostLeavesAtOnce) {
        throw new LogError('append-too-large', `${leafHashes.length} leaves at once`);
      }
      return headOf(await store.append(origin, at, leafHashes, session));
    },
    head,
    async checkpoint() {
      for (let tries = 0; tries < mostTries; tries += 1) {
        const present = await head();
        if (present.size === 0) throw new LogError('never-begun', origin);
        const checkpoint = await checkpointAt(present);
        if (checkpoint) return checkpoint;
        if ((await head()).size === present.size) break;
      }
      await examine();
      throw new LogError('witnesses-silent', `fewer than ${quorum} of ${witnesses.length} cosigned`);
    },
    standing,
    archive: async () =>
      encodeArchive((await store.allArchived(origin)).map((note) => parseCheckpoint(Buffer.from(note)))),
    async tile(level, path) {
      const tile = parseTilePath(`tile/${level}/${path}`);
      const covered = (await standing())?.size ?? 0;
      if (!tile || tile.index * tileWidth + tile.width > Math.floor(covered / tileWidth ** tile.level))
        return null;
      const [hashes] = await store.readTiles(origin, [tile]);
      if (!hashes || hashes.length < tile.width * 32) throw new LogError('damaged', `tile ${level}/${path}`);
      return hashes.subarray(0, tile.width * 32);
    },
    async requireCurrent() {
      if (now() < currentUntil) return;
      await examine();
      currentUntil = now() + rememberMs;
    },
  };
}

function headOf(tree: { readonly size: number; root(): Uint8Array }): TreeHead {
  return { size: tree.size, root: tree.root() };
}
