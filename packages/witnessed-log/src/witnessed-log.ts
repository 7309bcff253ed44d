import { encodeArchive, noteText, parseCheckpoint } from '@talkoot/ballot-protocol';
import type { SignedCheckpoint, TreeHead } from '@talkoot/ballot-protocol';
import type { ClientSession } from 'mongoose';
import { cosignedCheckpoint } from './cosigning.ts';
import { examine } from './currency.ts';
import { LogError } from './log.errors.ts';
import { policyOf } from './log.identity.ts';
import type { LogIdentity } from './log.identity.ts';
import type { LogStore } from './log.store.ts';
import { storedTree } from './stored.tree.ts';
import { witnessClient } from './witness.client.ts';

export interface WitnessedLogOptions {
  /** Time that each witness has for each checkpoint, and for each question what it last cosigned; 5 s unless said. */
  readonly deadlineMs?: number;
  /** How long a good answer of `requireCurrent` is remembered; 60 s unless said. */
  readonly rememberMs?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Told of each witness that is silent, refuses or errs, also when enough others answered. */
  readonly onFault?: (witness: string, fault: unknown) => void;
}

/** A log that only grows, and that signs nothing its witnesses would not recognise. */
export interface WitnessedLog {
  /**
   * Appends leaf hashes, in the caller's transaction (`inTransaction`). Of two that append at one size, one is
   * refused.
   * @throws LogError `append-conflict` unless the log has `at` leaves; `append-too-large` for more than 65,536 at
   * once; `damaged`. BoardError `hash-malformed`
   */
  append(at: number, leafHashes: readonly Uint8Array[], session: ClientSession): Promise<TreeHead>;
  /** As many leaves as are appended, witnessed or not. Size 0: never begun. */
  head(session?: ClientSession): Promise<TreeHead>;
  /**
   * Signs the present head, has it cosigned by more than half of the witnesses, archives it. Again at the same
   * head: the archived one. Takes at most some seconds, as long as the slowest witness.
   * @throws LogError `witnesses-silent`, `behind`, `forked`, `never-begun`, `damaged`
   */
  checkpoint(): Promise<SignedCheckpoint>;
  /** The last archived checkpoint. */
  standing(): Promise<SignedCheckpoint | null>;
  /** All archived checkpoints, oldest first, as `parseArchive` reads them. */
  archive(): Promise<Uint8Array>;
  /**
   * The hashes of a tile by its level and the rest of its path (`x001/x234/067`, `273.p/112`; C2SP tlog-tiles).
   * @returns null for what is no path of a tile, or is not covered by the standing checkpoint
   * @throws LogError `damaged`
   */
  tile(level: number, path: string): Promise<Uint8Array | null>;
  /**
   * Requires that the log has all that more than half of its witnesses cosigned: to be asked before anything is
   * signed. A good answer is remembered for a minute, a bad one never; `afresh` asks in any case, before what is final.
   * @throws LogError `witnesses-silent`, `behind`, `forked`, `damaged`
   */
  requireCurrent(how?: 'afresh'): Promise<void>;
}

/** Most leaves of one append: what a transaction holds with ease. */
const mostLeavesAtOnce = 65_536;
/** Times a checkpoint is begun anew because the log grew meanwhile. */
const mostTries = 4;

/**
 * A log of a database, and whose it is. It keeps nothing itself: make as many of one log as you like.
 * @throws BoardError `witnesses-invalid` without witnesses, or for a key or name that occurs twice
 */
export function witnessedLog(
  store: LogStore,
  identity: LogIdentity,
  options: WitnessedLogOptions = {},
): WitnessedLog {
  const { origin } = identity;
  const { deadlineMs = 5_000, rememberMs = 60_000, now = Date.now, onFault = () => undefined } = options;
  const policy = policyOf(identity);
  const tree = storedTree(store, origin);
  const clients = policy.witnesses.map((witness) => witnessClient(witness, policy.log, deadlineMs));
  const parts = { identity, policy, clients, tree, onFault };
  const about = subjectOf(identity);

  async function checkpointOf(head: TreeHead): Promise<SignedCheckpoint | undefined> {
    if (head.size === 0) throw new LogError('never-begun', origin);
    const before = await tree.archived(head.size);
    if (before) return requireSame(before, head);
    const stored = { size: head.size, root: await tree.rootAt(head.size, head.size) };
    if (!isSame(stored, head)) throw new LogError('damaged', `the tiles of ${origin} give another root`);
    const checkpoint = await cosignedCheckpoint(parts, head);
    if (!checkpoint) return undefined;
    const archived = await store.archive(origin, head.size, noteText(checkpoint.note));
    return requireSame(parseCheckpoint(Buffer.from(archived)), head);
  }

  return {
    async append(at, leafHashes, session) {
      if (leafHashes.length > mostLeavesAtOnce) {
        throw new LogError('append-too-large', `${leafHashes.length} leaves at once`);
      }
      const grown = await store.append(origin, at, leafHashes, session);
      return { size: grown.size, root: grown.root() };
    },
    head: (session) => tree.head(session),
    async checkpoint() {
      for (let tries = 0; tries < mostTries; tries += 1) {
        const head = await tree.head();
        const checkpoint = await checkpointOf(head);
        if (checkpoint) return checkpoint;
        // Witnesses refuse a head that has been overtaken: then the present one is due.
        if ((await tree.head()).size === head.size) break;
      }
      store.remembered.forget(about);
      await examine(parts);
      throw new LogError('witnesses-silent', `fewer than ${policy.quorum} cosigned ${origin}`);
    },
    standing: () => tree.standing(),
    archive: async () =>
      encodeArchive((await store.allArchived(origin)).map((note) => parseCheckpoint(Buffer.from(note)))),
    tile: (level, path) => tree.tile(level, path),
    requireCurrent(how) {
      if (how === 'afresh') store.remembered.forget(about);
      return store.remembered.ask(about, () => examine(parts), { now, forMs: rememberMs });
    },
  };
}

/** What is archived is for ever: another tree of its size means that the log was set back and grew again. */
function requireSame(archived: SignedCheckpoint, head: TreeHead): SignedCheckpoint {
  if (isSame(archived, head)) return archived;
  throw new LogError('forked', `${archived.origin} has archived another tree of ${head.size} leaves`);
}

function isSame(a: TreeHead, b: TreeHead): boolean {
  return a.size === b.size && Buffer.compare(a.root, b.root) === 0;
}

function subjectOf({ origin, witnesses }: LogIdentity): string {
  const keys = witnesses.map(({ publicKey }) => Buffer.from(publicKey).toString('hex'));
  return [origin, ...keys.sort()].join(' ');
}
