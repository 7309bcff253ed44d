import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  castMessage,
  checkLeaf,
  checkpointText,
  cosignedAt,
  decideCosigning,
  decodeLeaf,
  encodeLeaf,
  isDestructionSigned,
  isPromised,
  isReleaseSigned,
  isSignedBy,
  keyIdOf,
  promiseMessage,
  readCeremony,
  readConfirmation,
  readRound1,
  readRound2,
  requireStanding,
  unsignedLeaf,
} from '../index.ts';
import { bound, u16, u32 } from '../binding.ts';
import type { Verify } from '../board/index.ts';
import { dealtShares, finishedCeremony, startedCeremony } from '../key/ceremony.fixture.ts';
import { round2Message } from '../key/ceremony.round2.ts';
import { round1Bytes, transcriptOf } from '../key/ceremony.ts';
import * as node from '../node/index.ts';
import { testPoll } from '../poll.fixture.ts';
import type { TestPoll } from '../poll.fixture.ts';
import { castBallot, certifiedVoter } from '../vote.fixture.ts';
import { verifySignature } from './ed25519.ts';

const { Point } = ed25519;
const order = Point.Fn.ORDER;
/** A point of order 8. */
const torsion = Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');
const scalarOf = (seed: Uint8Array) => ed25519.utils.getExtendedPublicKey(seed).scalar;

function signAs(seed: Uint8Array, R: Uint8Array, r: bigint, message: Uint8Array, add = 0n): Uint8Array {
  const hash = sha512(concatBytes(R, ed25519.getPublicKey(seed), message));
  const S = Point.Fn.create(r + (bytesToNumberLE(hash) % order) * scalarOf(seed)) + add;
  return concatBytes(R, numberToBytesLE(S, 32));
}

/** What whoever has a key can make of it, on which libraries disagree; and, last, an honest signature by the same means. */
const crafts: readonly (readonly [string, (seed: Uint8Array, message: Uint8Array) => Uint8Array])[] = [
  [
    'holds only with the cofactor',
    (seed, text) => signAs(seed, Point.BASE.multiply(7n).add(torsion).toBytes(), 7n, text),
  ],
  ['has an R of small order', (seed, text) => signAs(seed, Point.ZERO.toBytes(), 0n, text)],
  [
    'has an S beyond the order of the group',
    (seed, text) => signAs(seed, Point.BASE.multiply(7n).toBytes(), 7n, text, order),
  ],
];
const honest = (seed: Uint8Array, text: Uint8Array) =>
  signAs(seed, Point.BASE.multiply(7n).toBytes(), 7n, text);

const verifications: readonly (readonly [string, Verify])[] = [
  ['the voter’s device', verifySignature],
  ['services and verifier', node.verifySignature],
];

/** Whether each place that looks at a signature takes it. */
interface Place {
  readonly of: string;
  readonly takes: (craft: typeof honest, verify: Verify) => Promise<boolean> | boolean;
}
const key = ed25519.keygen();
const taken = (work: () => unknown) => {
  try {
    return work() !== false;
  } catch {
    return false;
  }
};

let poll: TestPoll;
const places: Place[] = [];

beforeAll(async () => {
  poll = await testPoll();
  const { binding } = poll;
  const voter = await certifiedVoter(poll);
  const leaf = decodeLeaf(
    binding.manifest,
    await castBallot(poll, voter, { type: 'approval', places: [0] }),
  )!;
  const leafBy = (craft: typeof honest) =>
    encodeLeaf({
      ...leaf,
      signature: craft(voter.key.secretKey, castMessage(binding.m, unsignedLeaf(leaf))),
    });
  places.push(
    {
      of: 'a leaf, on the device',
      takes: async (craft) => (await checkLeaf(binding, leafBy(craft))).accepted,
    },
    { of: 'a leaf, in the verifier', takes: (craft) => node.leafChecker(binding)(leafBy(craft)).accepted },
    {
      of: 'a leaf, in the ballots service',
      takes: async (craft) => (await node.pooledLeafChecker(binding)(leafBy(craft))).accepted,
    },
  );
  const hash = new Uint8Array(32).fill(9);
  places.push({
    of: 'a promise',
    takes: (craft, verify) =>
      isPromised(hash, craft(key.secretKey, promiseMessage(binding.m, hash)), {
        manifest: binding.m,
        boardKey: key.publicKey,
        verify,
      }),
  });
  const log = { name: 'ballots.example/1', publicKey: key.publicKey };
  const witness = { name: 'witness.example', publicKey: key.publicKey };
  const head = { origin: log.name, size: 1, root: hash };
  const text = checkpointText(head);
  const bytes = new TextEncoder().encode(text);
  const logLine = (craft: typeof honest) => ({
    ...{ name: log.name, keyId: keyIdOf(log, 'log'), signature: craft(key.secretKey, bytes) },
  });
  const time = concatBytes(new Uint8Array(7), Uint8Array.of(5));
  const witnessLine = (craft: typeof honest) => ({
    ...{ name: witness.name, keyId: keyIdOf(witness, 'witness') },
    signature: concatBytes(time, craft(key.secretKey, bound('cosignature/v1\ntime 5\n', bytes))),
  });
  const noteOf = (...signatures: ReturnType<typeof logLine>[]) => ({ text, signatures });
  places.push(
    {
      of: 'a checkpoint',
      takes: (craft, verify) => taken(() => isSignedBy(noteOf(logLine(craft)), log, verify)),
    },
    {
      of: 'a cosignature',
      takes: (craft, verify) => taken(() => cosignedAt(noteOf(witnessLine(craft)), witness, verify)),
    },
    {
      of: 'a checkpoint that stands',
      takes: (craft, verify) =>
        taken(() => {
          const note = noteOf(logLine(honest), witnessLine(craft));
          requireStanding({ ...head, note }, { log, witnesses: [witness], verify });
        }),
    },
    {
      of: 'a log, at a witness',
      takes: (craft, verify) => {
        const checkpoint = { ...head, note: noteOf(logLine(craft)) };
        return (
          decideCosigning({ oldSize: 0, proof: [], checkpoint }, { key: log }, verify).outcome === 'cosign'
        );
      },
    },
  );
  const started = startedCeremony(2, 3);
  const signed = { ...started, seed: hexToBytes(started.secrets[0]!.signingKey) };
  const transcript = transcriptOf(started.round1);
  const [round1, round2] = [started.round1[0]!, (await dealtShares(started))[0]!];
  const { confirmations } = await finishedCeremony(started);
  const ceremony = (verify: Verify) => readCeremony(started.binding.ceremony, verify);
  const c = started.binding.hash;
  const by = (craft: typeof honest, message: Uint8Array) => bytesToHex(craft(signed.seed, message));
  places.push(
    {
      of: 'a package of round 1',
      takes: (craft, verify) => {
        const signature = by(craft, bound('talkoot-key-round1-v1', c, round1Bytes(round1)));
        return taken(() => readRound1(ceremony(verify), { ...round1, signature }));
      },
    },
    {
      of: 'a package of round 2',
      takes: (craft, verify) => {
        const signature = by(craft, round2Message(started.binding, transcript, round2));
        return taken(() => readRound2(ceremony(verify), transcript, { ...round2, signature }));
      },
    },
    {
      of: 'a confirmation',
      takes: (craft, verify) => {
        const signature = by(craft, bound('talkoot-key-confirmed-v1', c, transcript));
        return taken(() =>
          readConfirmation(ceremony(verify), transcript, { ...confirmations[0]!, signature }),
        );
      },
    },
    {
      of: 'the end of a share',
      takes: (craft, verify) => {
        const word = craft(signed.seed, bound('talkoot-key-destroyed-v1', c, u16(1)));
        return isDestructionSigned(ceremony(verify), 1, word);
      },
    },
    {
      of: 'a release',
      takes: (craft, verify) => {
        const { manifest, m } = binding;
        const trustees = manifest.key.trustees.map((one) => ({
          ...one,
          signingKey: bytesToHex(key.publicKey),
        }));
        const share = { index: 1, share: hash };
        const word = craft(key.secretKey, bound('talkoot-key-release-v1', m, u32(3), hash, u16(1), hash));
        const named = { manifest: { ...manifest, key: { ...manifest.key, trustees } }, m };
        return isReleaseSigned(named, { size: 3, root: hash }, share, word, verify);
      },
    },
  );
});

describe('of one rule everywhere', () => {
  test.each(verifications)('an honest signature is taken in every place: %s', async (_, verify) => {
    const refused = [];
    for (const { of, takes } of places) if (!(await takes(honest, verify))) refused.push(of);
    expect([places.length, refused]).toEqual([13, []]);
  });

  describe.each(crafts)('a signature that %s', (_, craft) => {
    test.each(verifications)('is taken in no place: %s', async (_, verify) => {
      const found = [];
      for (const { of, takes } of places) if (await takes(craft, verify)) found.push(of);
      expect(found).toEqual([]);
    });
  });

  test('the first two are taken by @noble/curves when it is asked alone', () => {
    const text = Uint8Array.of(1);
    const verdicts = crafts.map(([, craft]) =>
      ed25519.verify(craft(key.secretKey, text), text, key.publicKey),
    );
    expect(verdicts).toEqual([true, true, false]);
  });
});
