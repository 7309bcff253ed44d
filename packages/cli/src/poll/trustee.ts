import type { Client } from '@talkoot/api-contracts';
import type { ballotsApi, KeyCeremony } from '@talkoot/api-contracts/ballots';
import {
  checkShare,
  finishCeremony,
  ownIndex,
  readCeremony,
  signDestruction,
  signRelease,
  startRound1,
  startRound2,
} from '@talkoot/ballot-protocol';
import type { BindingCeremony, Confirmation, Round1, Round2, TrusteeSecrets } from '@talkoot/ballot-protocol';
import { PollRefused } from './poll.errors.ts';
import { requireOwnKey, requireReleasable } from './published.board.ts';

/** What a trustee keeps of one poll: its secrets, and its packages, which it gives again unchanged until they are taken. */
export interface Holding {
  readonly secrets: TrusteeSecrets;
  readonly round1?: Round1;
  readonly round2?: Round2;
  readonly confirmation?: Confirmation;
}

/** Where a trustee keeps it: one place for each poll. */
export interface Custody {
  /** Null before the first step. */
  open(): Promise<Holding | null>;
  keep(holding: Holding): Promise<void>;
  /** Nobody opens it again. */
  destroy(): Promise<void>;
}

export interface Trustee {
  readonly ballots: Pick<
    Client<typeof ballotsApi>,
    | 'getKeyCeremony'
    | 'giveRound1'
    | 'giveRound2'
    | 'confirmKey'
    | 'releaseShare'
    | 'declareDestroyed'
    | 'getManifest'
    | 'getBoardCheckpoint'
  >;
  readonly poll: { readonly municipalityId: string; readonly pollId: string };
  /** The keys that the charter names. */
  readonly identity: Pick<TrusteeSecrets, 'signingKey' | 'sealingKey'>;
  readonly custody: Custody;
}

export type Awaited = KeyCeremony['awaited'];

/** What a trustee did, and what is awaited of all of them now. */
export interface Progress {
  readonly index: number;
  /** Null: its part was given before. */
  readonly gave: Awaited | null;
  readonly awaited: Awaited;
}

/** That the ballots of a poll are sealed to the key that its trustees made. */
export interface CheckedKey {
  readonly index: number;
  /** SHA-256 of the manifest, hexadecimal. */
  readonly manifest: string;
  /** Of the list of trustees and their keys, hexadecimal: the same for all who made this key together. */
  readonly ceremony: string;
}

interface Standing {
  readonly trustee: Trustee;
  readonly ceremony: KeyCeremony;
  readonly binding: BindingCeremony;
  readonly index: number;
}

/** Reads how far a ceremony is, and checks that it is this poll's and that the trustee is in it. */
export async function standingOf(trustee: Trustee): Promise<Standing> {
  const ceremony = await trustee.ballots.getKeyCeremony({ params: trustee.poll });
  const binding = readCeremony(ceremony.ceremony);
  const { municipality, poll } = binding.ceremony;
  const { municipalityId, pollId } = trustee.poll;
  if (municipality !== municipalityId || poll !== pollId) {
    throw new PollRefused('ceremony-foreign', `The service answers the ceremony of ${municipality}/${poll}.`);
  }
  return { trustee, ceremony, binding, index: ownIndex(binding, trustee.identity) };
}

/**
 * Does what is awaited of a trustee in the making of a key: round 1, round 2 or the confirmation. What it makes is kept
 * before it is sent, and sent again as it is until it is taken. Repeating it changes nothing.
 * @throws PollRefused `nothing-awaited`, `custody-missing`, `custody-foreign`, `ceremony-foreign`; KeyError when a package is wrong
 */
export async function advance(trustee: Trustee): Promise<Progress> {
  const standing = await standingOf(trustee);
  switch (standing.ceremony.awaited) {
    case 'round1':
      return firstRound(standing);
    case 'round2':
      return secondRound(standing);
    case 'confirmation':
      return confirm(standing);
    case 'nothing':
    case 'share':
    case 'destruction':
      throw new PollRefused('nothing-awaited', afterwards[standing.ceremony.awaited]);
  }
}

const afterwards: Readonly<Record<'nothing' | 'share' | 'destruction', string>> = {
  nothing: 'The key is made or cannot be made any more; nothing is awaited of trustees now.',
  share: 'The key is made; your share is awaited: release it.',
  destruction: 'The poll is over; destroy your share.',
};

async function firstRound(standing: Standing): Promise<Progress> {
  const { trustee, ceremony, binding, index } = standing;
  const held = await heldBy(trustee);
  if (hasGiven(ceremony.round1, index)) return given(standing, held);
  const { signingKey, sealingKey } = trustee.identity;
  const holding = held?.round1 ? held : startRound1(binding, { signingKey, sealingKey });
  if (holding !== held) await trustee.custody.keep(holding);
  const send = { params: paramsOf(standing), body: holding.round1! };
  return { gave: 'round1', ...(await trustee.ballots.giveRound1(send)) };
}

async function secondRound(standing: Standing): Promise<Progress> {
  const { trustee, ceremony, binding, index } = standing;
  const held = requireHeld(await heldBy(trustee));
  if (hasGiven(ceremony.round2, index)) return given(standing, held);
  const round2 = held.round2 ?? (await startRound2(binding, held.secrets, ceremony.round1));
  if (!held.round2) await trustee.custody.keep({ ...held, round2 });
  const send = { params: paramsOf(standing), body: round2 };
  return { gave: 'round2', ...(await trustee.ballots.giveRound2(send)) };
}

async function confirm(standing: Standing): Promise<Progress> {
  const { trustee, ceremony, binding, index } = standing;
  const held = requireHeld(await heldBy(trustee));
  if (hasGiven(ceremony.confirmations, index)) return given(standing, held);
  const { round1, round2 } = ceremony;
  const holding = held.confirmation ? held : await finishCeremony(binding, held.secrets, round1, round2);
  if (holding !== held) await trustee.custody.keep(holding);
  const send = { params: paramsOf(standing), body: holding.confirmation! };
  return { gave: 'confirmation', ...(await trustee.ballots.confirmKey(send)) };
}

/**
 * Compares the published manifest with the key that the trustees made.
 * @throws PollRefused `key-not-made`, `manifest-foreign`, `key-foreign`
 */
export async function checkKey(trustee: Trustee): Promise<CheckedKey> {
  const { ceremony, binding, index } = await standingOf(trustee);
  if (ceremony.key === null) throw new PollRefused('key-not-made', 'The key is not made yet.');
  const { m } = requireOwnKey(await trustee.ballots.getManifest({ params: trustee.poll }), binding, ceremony);
  return { index, manifest: Buffer.from(m).toString('hex'), ceremony: ceremony.ceremonySha256 };
}

/**
 * Gives a trustee's share, once complaints are settled. From then on whoever has enough shares reads all ballots; so what
 * is published has to bear the service out that it is time.
 * @throws PollRefused `release-not-awaited`, `custody-missing`, `manifest-foreign`, `key-foreign`, `complaints-open`,
 * `board-unwitnessed`, `below-minima`; KeyError `share-wrong`
 */
export async function release(trustee: Trustee): Promise<Progress> {
  const standing = await standingOf(trustee);
  const { ceremony, index } = standing;
  if (ceremony.awaited !== 'share' || ceremony.key === null) {
    throw new PollRefused('release-not-awaited', 'Shares are not asked for now.');
  }
  const { secrets } = requireHeld(await heldBy(trustee));
  if (ceremony.released.includes(index)) return { index, gave: null, awaited: ceremony.awaited };
  if (secrets.share === undefined) {
    throw new PollRefused('custody-missing', 'The custody file holds no share of this poll.');
  }
  const { ballots, poll } = trustee;
  const own = requireOwnKey(await ballots.getManifest({ params: poll }), standing.binding, ceremony);
  const share = { index, share: Buffer.from(secrets.share, 'hex') };
  checkShare(own.manifest.key, share);
  const board = await ballots.getBoardCheckpoint({ params: { pollId: poll.pollId } });
  const head = requireReleasable(own.manifest, board, new Date());
  const signature = signRelease(own, head, share, Buffer.from(trustee.identity.signingKey, 'hex'));
  const body = { share: secrets.share, signature: Buffer.from(signature).toString('hex') };
  const send = { params: paramsOf(standing), body };
  return { gave: 'share', ...(await ballots.releaseShare(send)) };
}

/**
 * Destroys what a trustee keeps of a poll that is over, and then says so, signed.
 * @param isGone the trustee knows that there is nothing to destroy any more: whoever looks in the wrong place must not sign that
 * @throws PollRefused `destruction-not-awaited`, `custody-missing`, `custody-foreign`
 */
export async function destroy(trustee: Trustee, isGone = false): Promise<Progress> {
  const standing = await standingOf(trustee);
  const { ceremony, binding, index } = standing;
  if (ceremony.awaited !== 'destruction') {
    throw new PollRefused('destruction-not-awaited', 'The poll is not over: its key is still needed.');
  }
  const hasSaid = hasGiven(ceremony.destroyed, index);
  if ((await heldBy(trustee)) === null && !hasSaid && !isGone) {
    throw new PollRefused(
      'custody-missing',
      'The custody file of this poll is not here: name it with --custody. If it was destroyed or lost before, say so with --gone.',
    );
  }
  await trustee.custody.destroy();
  if (hasSaid) return { index, gave: null, awaited: ceremony.awaited };
  const signature = Buffer.from(signDestruction(binding, trustee.identity)).toString('hex');
  const send = { params: paramsOf(standing), body: { signature } };
  return { gave: 'destruction', ...(await trustee.ballots.declareDestroyed(send)) };
}

const hasGiven = (packages: readonly { readonly index: number }[], index: number): boolean =>
  packages.some((one) => one.index === index);

function given({ ceremony, index }: Standing, held: Holding | null): Progress {
  requireHeld(held);
  return { index, gave: null, awaited: ceremony.awaited };
}

/** Two trustees may keep their files in one folder: neither takes, nor destroys, what is the other's. */
async function heldBy({ custody, identity }: Trustee): Promise<Holding | null> {
  const held = await custody.open();
  if (held === null || held.secrets.signingKey === identity.signingKey) return held;
  throw new PollRefused('custody-foreign', "The custody file is another trustee's.");
}

function requireHeld(held: Holding | null): Holding {
  if (held) return held;
  throw new PollRefused(
    'custody-missing',
    'There is no custody file of this poll here, and without it nobody can take the part of this trustee.',
  );
}

const paramsOf = ({ trustee: { poll }, index }: Standing) => ({ ...poll, index: String(index) });
