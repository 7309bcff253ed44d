import { publicKeyOf, readManifest } from '@talkoot/ballot-protocol';
import type { BindingManifest, LeafVerdict, Promiser } from '@talkoot/ballot-protocol';
import { pooledLeafChecker, promiseSigner, verifySignature } from '@talkoot/ballot-protocol/node';
import type { PromiseSigner } from '@talkoot/ballot-protocol/node';
import { witnessedLog } from '@talkoot/witnessed-log';
import type { LogStore, WitnessAddress, WitnessedLog, WitnessedLogOptions } from '@talkoot/witnessed-log';
import { boardProblems } from './board.problems.ts';

/** Whose boards these are: one key for all polls of this service. */
export interface BoardSetting {
  /** Seed of the Ed25519 key, 32 bytes. */
  readonly key: Uint8Array;
  /** What the origins of all its boards begin with. */
  readonly origin: string;
  readonly witnesses: readonly WitnessAddress[];
  readonly logOptions?: WitnessedLogOptions;
}

/** A poll with a manifest, and what the service does in its name. */
export interface SealedPoll {
  readonly pollId: string;
  readonly binding: BindingManifest;
  readonly log: WitnessedLog;
  /** Whose promises count. */
  readonly promiser: Promiser;
  /** Beside the event loop. */
  readonly check: (leaf: Uint8Array) => Promise<LeafVerdict>;
  readonly sign: PromiseSigner;
  /** @throws DomainError `board-not-current` */
  readonly requireCurrent: () => Promise<void>;
}

interface SealedPollParts {
  readonly polls: { get(pollId: string): Promise<{ readonly manifest: string | null }> };
  readonly logs: LogStore;
  readonly setting: BoardSetting;
}

const mostKnown = 200;

/** The name of a poll's board. */
export const boardOrigin = (origin: string, municipalityId: string, pollId: string): string =>
  `${origin}/${municipalityId}/${pollId}`;

/** Polls with a manifest, which never changes; those that were asked for lately are kept. */
export function sealedPolls({ polls, logs, setting }: SealedPollParts) {
  const known = new Map<string, SealedPoll>();
  const sign = promiseSigner(setting.key);
  const publicKey = publicKeyOf(setting.key);

  function read(manifest: Uint8Array): SealedPoll {
    const binding = readManifest(manifest);
    const { board, poll: pollId } = binding.manifest;
    if (board.publicKey !== Buffer.from(publicKey).toString('hex'))
      throw new Error(`BOARD_KEY is not the key of the board ${board.origin}`);
    const witnesses = witnessesOf(binding, setting.witnesses);
    const identity = { origin: board.origin, secretKey: setting.key, witnesses };
    const log = witnessedLog(logs, identity, setting.logOptions);
    const promiser = { manifest: binding.m, boardKey: publicKey, verify: verifySignature };
    const check = pooledLeafChecker(binding);
    return { pollId, binding, log, promiser, check, sign, requireCurrent: currentness(log) };
  }

  return {
    /** @throws ManifestError */
    read,

    /**
     * Null before the manifest is written.
     * @throws DomainError `not-found`
     */
    async get(pollId: string): Promise<SealedPoll | null> {
      const before = known.get(pollId);
      if (before) return before;
      const { manifest } = await polls.get(pollId);
      if (manifest === null) return null;
      const poll = known.get(pollId) ?? read(Buffer.from(manifest));
      if (known.size >= mostKnown) known.delete(known.keys().next().value!);
      known.set(pollId, poll);
      return poll;
    },
  };
}
export type SealedPolls = ReturnType<typeof sealedPolls>;

/** The witnesses of the manifest, all of whom count for the quorum: one whose address is not known is silent. */
function witnessesOf({ manifest }: BindingManifest, addresses: readonly WitnessAddress[]): WitnessAddress[] {
  return manifest.witnesses.map(({ name, publicKey }) => {
    const key = Buffer.from(publicKey, 'hex');
    const address = addresses.find((one) => key.equals(one.publicKey));
    return { name, publicKey: key, url: address?.url ?? 'http://witness.invalid' };
  });
}

/** Those who ask while an answer is on its way share it: thousands of casts do not ask the witnesses thousands of times. */
function currentness(log: WitnessedLog): () => Promise<void> {
  let asked: Promise<void> | null = null;
  return () => {
    asked ??= boardProblems('board-not-current', () => log.requireCurrent()).finally(() => (asked = null));
    return asked;
  };
}
