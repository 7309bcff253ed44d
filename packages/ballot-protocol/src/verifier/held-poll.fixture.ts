import { p256 } from '@noble/curves/nist.js';
import { bytesToHex, hexToBytes, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ballotLength } from '../ballot/ballot.length.ts';
import { encodeArchive, signCheckpoint } from '../board/checkpoint.ts';
import type { SignedCheckpoint } from '../board/checkpoint.ts';
import { closingRecord } from '../board/closing.record.ts';
import { issuanceFirstLeaf, issuanceOrigin } from '../board/issuance.log.ts';
import { GrowingTree } from '../board/merkle.tree.ts';
import { cosignNote } from '../board/note.key.ts';
import { signPromise } from '../board/promise.ts';
import { encodeComplaints } from '../board/receipt.ts';
import type { Complaint } from '../board/receipt.ts';
import { joinBytes } from '../bytes.join.ts';
import { compareBytes } from '../bytes.order.ts';
import { canonicalJson } from '../canonical.ts';
import { castLeaf } from '../cast/leaf.cast.ts';
import { newIssuerKey } from '../certificate/issuer.ts';
import type { IssuerKey } from '../certificate/issuer.ts';
import { signRelease } from '../key/release.ts';
import { sealLotSeed } from '../lot/lot.seal.ts';
import { readManifest, writeManifest } from '../manifest/manifest.read.ts';
import type { BindingManifest } from '../manifest/manifest.read.ts';
import type { Manifest } from '../manifest/manifest.shape.ts';
import { newRollSalt, rollCommitment, rollHash, writeRoll } from '../manifest/roll.commitment.ts';
import { ballotOpener } from '../node/seal.ts';
import { leafHash, nodeHash } from '../node/merkle.hash.ts';
import { leafChecker } from '../node/leaf.check.ts';
import type { Publication } from '../publication/publication.ts';
import { PublicationError } from '../publication/publication.errors.ts';
import { files } from '../publication/files.ts';
import type { Desks, Release, Result } from '../publication/shapes.ts';
import { newSigningKey } from '../signature/ed25519.ts';
import type { SigningKey } from '../signature/ed25519.ts';
import { castBallot, certifiedVoter } from '../vote.fixture.ts';
import type { Voter } from '../vote.fixture.ts';
import { countLeaves } from '../counting/count.ts';
import { DecidingLeaves } from '../counting/deciding.leaves.ts';
import { openLotSeeds } from '../counting/lot.seeds.ts';

export { castBallot, certifiedVoter };
export type { Voter };

const { Fn, BASE } = p256.Point;
const threshold = 2;
const trusteeCount = 3;

interface UnsignedShare {
  readonly index: number;
  readonly share: string;
}

/** A poll with everything secret about it: what its officers, taken together, know. */
export interface HeldPoll {
  readonly binding: BindingManifest;
  readonly manifestBytes: Uint8Array;
  readonly issuers: readonly [IssuerKey, IssuerKey];
  readonly boardKey: SigningKey;
  readonly logKeys: readonly [SigningKey, SigningKey];
  readonly witnessKeys: readonly { readonly name: string; readonly key: SigningKey }[];
  readonly shares: readonly UnsignedShare[];
  /** Under which trustees sign, in the order of their indices. */
  readonly trusteeKeys: readonly SigningKey[];
  readonly secretKey: Uint8Array;
  readonly seeds: readonly [string, string];
  /** Values of every resident, by issuer. */
  readonly rolls: readonly [readonly Uint8Array[], readonly Uint8Array[]];
}

/** What is going to be published; tests spoil one thing in it. */
export interface Record {
  /** Ballots in the order of the board, in two batches. */
  readonly batches: readonly (readonly Uint8Array[])[];
  readonly issued: readonly [readonly Uint8Array[], readonly Uint8Array[]];
  readonly complaints: readonly Complaint[];
  /** Shares are signed for the board as it is published. */
  readonly release: { readonly shares: readonly UnsignedShare[] } | null;
  readonly desks: Desks;
  /** The last leaf; the closing record of these complaints and desks unless it is given. */
  readonly closing?: Uint8Array;
  /** What `result.json` says; what follows from the leaves unless it is given. */
  readonly result?: NonNullable<Result>;
  /** When witnesses cosign each batch and the closing record, in POSIX seconds; within the windows unless given. */
  readonly moments?: { readonly batches: number; readonly closing: number };
}

/** A poll of some residents between four projects, ready to be opened. */
export async function preparePoll(changes: Partial<Manifest> = {}, residents = 24): Promise<HeldPoll> {
  const issuerKeys = [await newIssuerKey(), await newIssuerKey()] as const;
  const [boardKey, firstLog, secondLog] = [newSigningKey(), newSigningKey(), newSigningKey()];
  const witnessKeys = ['watch.auditor', 'watch.library', 'watch.paper'].map((name) => ({
    name,
    key: newSigningKey(),
  }));
  const polynomial = Array.from({ length: threshold }, () => Fn.fromBytes(p256.utils.randomSecretKey()));
  const shareOf = (index: number) =>
    polynomial.reduceRight((sum, one) => Fn.add(Fn.mul(sum, BigInt(index)), one), 0n);
  const pollKey = BASE.multiply(polynomial[0]!).toBytes(true);
  const seeds = [bytesToHex(randomBytes(32)), bytesToHex(randomBytes(32))] as const;
  const trusteeKeys = Array.from({ length: trusteeCount }, newSigningKey);
  const roll = () =>
    Array.from({ length: residents }, (_, number) => rollCommitment(newRollSalt(), `resident-${number}`));
  const rolls = [roll(), roll()] as const;
  const issuer = (place: 0 | 1, name: string, logKey: SigningKey): Manifest['issuers'][number] => ({
    name,
    organisation: name === 'auditor' ? 'Audit office' : 'Lintula',
    modulus: issuerKeys[place].modulus,
    rollSize: residents,
    rollHash: bytesToHex(rollHash(writeRoll(rolls[place]))),
    logKey: bytesToHex(logKey.publicKey),
    excluded: 0,
  });
  const rules = {
    type: 'approval' as const,
    options: [
      { id: 'racks', cost: 300 },
      { id: 'meals', cost: 500 },
      { id: 'path', cost: 400 },
      { id: 'statue', cost: 900 },
    ],
    minChoices: 1,
    maxChoices: 3,
  };
  const manifest: Manifest = {
    protocol: 'talkoot-poll-v1',
    municipality: 'lintula',
    poll: 'pol-1',
    kind: 'prioritisation',
    ballot: { ...rules, length: ballotLength(rules) },
    allocation: { rule: 'greedy', budget: 1_000 },
    lot: [await sealLotSeed(pollKey, hexToBytes(seeds[0])), await sealLotSeed(pollKey, hexToBytes(seeds[1]))],
    issuers: [issuer(0, 'municipality', firstLog), issuer(1, 'auditor', secondLog)],
    key: {
      threshold,
      trustees: Array.from({ length: trusteeCount }, (_, place) => ({
        name: `Trustee ${place + 1}`,
        organisation: `Organisation ${place + 1}`,
        index: place + 1,
        signingKey: bytesToHex(trusteeKeys[place]!.publicKey),
      })),
      commitments: polynomial.map((one) => bytesToHex(BASE.multiply(one).toBytes(true))),
      transcript: '00'.repeat(32),
    },
    board: { origin: 'lintula.example/pol-1', publicKey: bytesToHex(boardKey.publicKey), batchSize: 3 },
    witnesses: witnessKeys.map(({ name, key }) => ({
      name,
      organisation: name === 'watch.auditor' ? 'Audit office' : name,
      publicKey: bytesToHex(key.publicKey),
    })),
    windows: {
      opens: '2026-05-01T09:00:00Z',
      certificatesClose: '2026-05-14T18:00:00Z',
      castingCloses: '2026-05-14T18:30:00Z',
      complaintsClose: '2026-05-17T18:30:00Z',
    },
    minima: { roll: 10, counted: 5 },
    page: [],
    ...changes,
  };
  const manifestBytes = writeManifest(manifest);
  return {
    binding: readManifest(manifestBytes),
    manifestBytes,
    issuers: issuerKeys,
    boardKey,
    logKeys: [firstLog, secondLog],
    witnessKeys,
    shares: Array.from({ length: trusteeCount }, (_, place) => ({
      index: place + 1,
      share: bytesToHex(Fn.toBytes(shareOf(place + 1))),
    })),
    trusteeKeys,
    secretKey: Fn.toBytes(polynomial[0]!),
    seeds,
    rolls,
  };
}

/** A leaf that approves of these places. */
export const approve = (poll: HeldPoll, voter: Voter, sequence: number, places: readonly number[]) =>
  castBallot(poll, voter, { type: 'approval', places }, sequence);

/** A leaf whose plaintext is no ballot. */
export function mumble(poll: HeldPoll, voter: Voter, sequence: number) {
  const plaintext = new Uint8Array(poll.binding.manifest.ballot.length).fill(0xff, -1);
  return castLeaf(poll.binding, { ...voter, sequence, plaintext });
}

/** Ten voters: one votes twice, one votes for nothing, one mumbles. */
export async function holdPoll(poll: HeldPoll): Promise<{ record: Record; voters: Voter[] }> {
  const voters = await Promise.all(Array.from({ length: 10 }, () => certifiedVoter(poll)));
  const choices = [[0, 1], [0], [1, 2], [0, 2], [1], [0, 1], [3], []];
  const leaves = await Promise.all(choices.map((places, at) => approve(poll, voters[at]!, 1, places)));
  const later = [
    await approve(poll, voters[8]!, 1, [3]),
    await approve(poll, voters[8]!, 2, [0, 1]),
    await mumble(poll, voters[9]!, 1),
  ];
  const byHash = (batch: readonly Uint8Array[]) =>
    batch.toSorted((one, other) => compareBytes(leafHash(one), leafHash(other)));
  const issued = poll.rolls.map((roll) => roll.slice(0, 10).toSorted(compareBytes));
  return {
    voters,
    record: {
      batches: [byHash(leaves.slice(0, 6)), byHash([...leaves.slice(6), ...later])],
      issued: issued as unknown as Record['issued'],
      complaints: [{ leaf: leaves[0]!, promise: promiseOf(poll, leaves[0]!) }],
      release: { shares: poll.shares.slice(1).map((one) => ({ ...one })) },
      desks: [{ desk: 'library', issued: 2, entered: 1 }],
    },
  };
}

/** The board's promise to publish a leaf. */
export const promiseOf = ({ binding, boardKey }: HeldPoll, leaf: Uint8Array): Uint8Array =>
  signPromise(binding.m, leafHash(leaf), boardKey.secretKey);

/** All public files of a poll that was held, by name. */
export function publish(poll: HeldPoll, record: Record): Map<string, Uint8Array> {
  const { binding, manifestBytes } = poll;
  const { issuers } = binding.manifest;
  return new Map<string, Uint8Array>([
    [files.manifest, manifestBytes],
    ...issuers.flatMap(({ name }, place): [string, Uint8Array][] => [
      [files.roll(name), writeRoll(poll.rolls[place]!)],
      [files.issuance(name), joinBytes(record.issued[place]!)],
      [
        files.issuanceCheckpoints(name),
        encodeArchive([issuanceCheckpoint(poll, place, record.issued[place]!)]),
      ],
    ]),
    [files.board, joinBytes(record.batches.flat())],
    [files.boardCheckpoints, encodeArchive(boardCheckpoints(poll, record))],
    [files.complaints, encodeComplaints(record.complaints)],
    [files.closing, closingOf(poll, record)],
    [files.release, canonicalJson(signedRelease(poll, record))],
    [files.desks, canonicalJson(record.desks)],
    [files.result, canonicalJson(record.release && (record.result ?? resultOf(poll, record)))],
  ]);
}

/** The last leaf of the board. */
function closingOf({ binding }: HeldPoll, { closing, complaints, desks }: Record): Uint8Array {
  return closing ?? closingRecord(binding.m, encodeComplaints(complaints), canonicalJson(desks));
}

function signedRelease(poll: HeldPoll, record: Record): Release {
  if (record.release === null) return null;
  const board = boardCheckpoints(poll, record).at(-1)!;
  const shares = record.release.shares.map(({ index, share }) => {
    const { secretKey } = poll.trusteeKeys[index - 1]!;
    const signature = signRelease(poll.binding, board, { index, share: hexToBytes(share) }, secretKey);
    return { index, share, signature: bytesToHex(signature) };
  });
  return { shares };
}

const secondsOf = (instant: string) => Date.parse(instant) / 1_000;

/** A checkpoint after the manifest, after each batch, and after the closing record. */
export function boardCheckpoints(poll: HeldPoll, record: Record): SignedCheckpoint[] {
  const {
    batches,
    moments = {
      batches: secondsOf('2026-05-02T12:00:00Z'),
      closing: secondsOf('2026-05-18T09:00:00Z'),
    },
  } = record;
  const tree = new GrowingTree(0, [], nodeHash);
  const { origin } = poll.binding.manifest.board;
  const after = (leaves: readonly Uint8Array[], time: number) => {
    for (const leaf of leaves) tree.append(leafHash(leaf));
    const checkpoint = { origin, size: tree.size, root: tree.root() };
    return standing(poll, signCheckpoint(checkpoint, poll.boardKey.secretKey), { time });
  };
  return [
    after([poll.manifestBytes], secondsOf('2026-04-30T12:00:00Z')),
    ...batches.map((batch) => after(batch, moments.batches)),
    after([closingOf(poll, record)], moments.closing),
  ];
}

/** The checkpoint with the cosignatures of the first so many witnesses, of some time in POSIX seconds. */
export function standing(
  { witnessKeys }: HeldPoll,
  checkpoint: SignedCheckpoint,
  { witnesses = witnessKeys.length, time = secondsOf('2026-05-02T12:00:00Z') } = {},
): SignedCheckpoint {
  const { note } = checkpoint;
  const cosigned = witnessKeys
    .slice(0, witnesses)
    .map(({ name, key }) => cosignNote(note.text, name, key.secretKey, time));
  return { ...checkpoint, note: { ...note, signatures: [...note.signatures, ...cosigned] } };
}

function issuanceCheckpoint(poll: HeldPoll, place: number, entries: readonly Uint8Array[]): SignedCheckpoint {
  const { board, issuers } = poll.binding.manifest;
  const { name } = issuers[place]!;
  const tree = new GrowingTree(0, [], nodeHash);
  tree.append(leafHash(issuanceFirstLeaf(poll.binding.m, name)));
  for (const entry of entries) tree.append(leafHash(entry));
  const checkpoint = { origin: issuanceOrigin(board.origin, name), size: tree.size, root: tree.root() };
  return standing(poll, signCheckpoint(checkpoint, poll.logKeys[place]!.secretKey));
}

/** What follows from the leaves that hold. */
export function resultOf({ binding, secretKey }: HeldPoll, { batches }: Record): NonNullable<Result> {
  const [check, open] = [leafChecker(binding), ballotOpener(binding, secretKey)];
  const deciding = new DecidingLeaves(binding.manifest.ballot.length);
  for (const bytes of batches.flat()) {
    const verdict = check(bytes);
    if (!verdict.accepted) continue;
    const { publicKey, sequence } = verdict.leaf;
    deciding.take(publicKey, { sequence, hash: leafHash(bytes), plaintext: open(verdict.leaf) ?? null });
  }
  return countLeaves(binding, deciding, openLotSeeds(binding.manifest, secretKey)).result;
}

/** Files in memory as a publication, handed out in pieces of odd sizes. */
export function publicationOf(held: ReadonlyMap<string, Uint8Array>): Publication {
  return {
    async *stream(name) {
      const bytes = held.get(name);
      if (!bytes) throw new PublicationError('file-missing', `${name} is not there`);
      for (let at = 0; at < bytes.length; at += 1_009) yield bytes.subarray(at, at + 1_009);
    },
  };
}

/** The same bytes with one bit of one of them turned. */
export function withBitTurned(bytes: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at < 0 ? bytes.length + at : at]! ^= 1;
  return changed;
}

export const textBytes = utf8ToBytes;
