import * as fc from 'fast-check';
import { p256 } from '@noble/curves/nist.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { PollKeyShape } from '../manifest/manifest.shape.ts';
import { finishCeremony, pollKeyOf, readConfirmation } from './ceremony.finish.ts';
import { sealedFor, signedRound1, signedRound2 } from './ceremony.cheat.fixture.ts';
import { dealtShares, finishedCeremony, startedCeremony } from './ceremony.fixture.ts';
import type { FinishedCeremony, StartedCeremony } from './ceremony.fixture.ts';
import { checkRound1, readRound1, startRound1 } from './ceremony.round1.ts';
import { readRound2, startRound2 } from './ceremony.round2.ts';
import type { Round2 } from './ceremony.shape.ts';
import { newTrustee, readCeremony, transcriptOf, trusteeProblems } from './ceremony.ts';
import { checkShare, combineShares } from './share.ts';
import * as slow from './slow-curve.fixture.ts';

const code = (code: string, index?: number) =>
  expect.objectContaining(index === undefined ? { code } : { code, index });

describe('any t of n', () => {
  const sizes = fc
    .integer({ min: 2, max: 4 })
    .chain((size) => fc.record({ size: fc.constant(size), threshold: fc.integer({ min: 2, max: size }) }));

  test('trustees open the key, whoever is lost; a slow second implementation finds the same key', async () => {
    const trial = fc.asyncProperty(sizes, fc.infiniteStream(fc.nat()), async ({ size, threshold }, order) => {
      const { key, secrets } = await finishedCeremony(startedCeremony(threshold, size));
      expect(PollKeyShape.safeParse(key).success).toBe(true);
      const shares = secrets
        .map(({ share }, place) => ({
          index: place + 1,
          share: hexToBytes(share!),
          rank: order.next().value,
        }))
        .toSorted((a, b) => a.rank - b.rank);
      const present = shares.slice(0, threshold);
      const secret = slow.interpolate(
        present.map(({ index, share }) => [BigInt(index), BigInt(`0x${bytesToHex(share)}`)] as const),
      );
      expect(bytesToHex(combineShares(key, present))).toBe(slow.hex(secret));
      expect(bytesToHex(combineShares(key, shares))).toBe(slow.hex(secret));
      expect(slow.compress(slow.multiply(slow.generator, secret))).toBe(key.commitments[0]);
      expect(() => combineShares(key, present.slice(1))).toThrow(code('shares-missing'));
    });
    await fc.assert(trial, { numRuns: 8 });
  });
});

describe('at release', () => {
  let finished: FinishedCeremony;
  const shareOf = (index: number) => ({ index, share: hexToBytes(finished.secrets[index - 1]!.share!) });
  beforeAll(async () => {
    finished = await finishedCeremony(startedCeremony(2, 3));
  });

  test('a wrong share is named by its index', () => {
    const wrong = { index: 2, share: shareOf(3).share };
    expect(() => combineShares(finished.key, [shareOf(1), wrong])).toThrow(code('share-wrong', 2));
  });

  test('refuses a share of nobody, twice of one, of the wrong form', () => {
    expect(() => checkShare(finished.key, { ...shareOf(1), index: 4 })).toThrow(code('share-unknown', 4));
    expect(() => combineShares(finished.key, [shareOf(1), shareOf(1)])).toThrow(code('share-repeated', 1));
    for (const share of [new Uint8Array(31), new Uint8Array(32), hexToBytes(slow.hex(slow.order))]) {
      expect(() => checkShare(finished.key, { index: 1, share })).toThrow(code('share-malformed', 1));
    }
  });

  test('what is left in custody is the share; the polynomial is gone', () => {
    expect(finished.secrets.map((own) => Object.keys(own).toSorted())).toEqual(
      Array.from({ length: 3 }, () => ['sealingKey', 'share', 'signingKey']),
    );
  });
});

describe('in the ceremony', () => {
  let started: StartedCeremony;
  let round2: Round2[];
  beforeAll(async () => {
    started = startedCeremony(2, 3);
    round2 = await dealtShares(started);
  });
  const first = () => started.secrets[0]!;
  const finish = (round1: readonly unknown[], dealt: readonly unknown[]) =>
    finishCeremony(started.binding, first(), round1, dealt);

  test('a share that was redirected on the way is refused', async () => {
    const [forFirst, forSecond] = round2[2]!.shares;
    const redirected = {
      ...round2[2]!,
      shares: [
        { ...forFirst!, to: 2 },
        { ...forSecond!, to: 1 },
      ],
    };
    await expect(finish(started.round1, [round2[1], redirected])).rejects.toThrow(
      code('package-unsigned', 3),
    );
  });

  test('a share that was dealt for somebody else does not open, and its dealer is named', async () => {
    const [forFirst, forThird] = round2[1]!.shares;
    const cheat = signedRound2(started, 2, [
      { to: 1, sealed: forThird!.sealed },
      { to: 3, sealed: forFirst!.sealed },
    ]);
    await expect(finish(started.round1, [cheat, round2[2]])).rejects.toThrow(code('dealt-share-wrong', 2));
  });

  test('a dealer whose share does not lie on its polynomial is named', async () => {
    for (const share of [new Uint8Array(32).fill(7), new Uint8Array(32), new Uint8Array(32).fill(255)]) {
      const cheat = signedRound2(started, 3, [{ to: 1, sealed: await sealedFor(started, 3, 1, share) }]);
      await expect(finish(started.round1, [round2[1], cheat])).rejects.toThrow(code('dealt-share-wrong', 3));
    }
  });

  test('a proof of another secret is refused, and names whose', async () => {
    const [one, two, three] = started.round1;
    const copied = signedRound1(started, { ...two!, commitments: three!.commitments, proof: three!.proof });
    expect(() => checkRound1(started.binding, [one, copied, three])).toThrow(code('proof-wrong', 2));
  });

  test('refuses packages that are malformed, missing, repeated, altered or not signed', async () => {
    const [one, two, three] = started.round1;
    const check = (packages: readonly unknown[]) => () => checkRound1(started.binding, packages);
    expect(check([one, two])).toThrow(code('package-missing', 3));
    expect(check([one, two, three, two])).toThrow(code('package-repeated', 2));
    expect(check([one, { ...two, proof: 'x' }, three])).toThrow(code('package-malformed', 2));
    expect(check([one, null, three])).toThrow(code('package-malformed'));
    expect(check([one, { ...two, signature: one!.signature }, three])).toThrow(code('package-unsigned', 2));
    const long = signedRound1(started, { ...two!, commitments: [...two!.commitments, two!.commitments[0]!] });
    expect(check([one, long, three])).toThrow(code('package-malformed', 2));
    const offCurve = signedRound1(started, {
      ...two!,
      commitments: [two!.commitments[0]!, `02${'ff'.repeat(32)}`],
    });
    expect(check([one, offCurve, three])).toThrow(code('package-malformed', 2));
    const { round1: other } = startRound1(started.binding, first());
    await expect(startRound2(started.binding, first(), [other, two, three])).rejects.toThrow(
      code('package-altered', 1),
    );
    await expect(finish(started.round1, [round2[1]])).rejects.toThrow(code('package-missing', 3));
    await expect(finish(started.round1, [round2[1], { index: 3 }])).rejects.toThrow(
      code('package-malformed', 3),
    );
  });

  test('refuses to go on without the secrets of round 1, and for people who are no trustees', async () => {
    const { coefficients: _, ...early } = first();
    await expect(startRound2(started.binding, early, started.round1)).rejects.toThrow(
      code('round-skipped', 1),
    );
    expect(() => startRound1(started.binding, newTrustee().secrets)).toThrow(code('not-a-trustee'));
  });

  test('packages of one ceremony mean nothing in another', () => {
    const { ceremony } = started.binding;
    const other = readCeremony({ ...ceremony, poll: 'poll-2' });
    expect(() => checkRound1(other, started.round1)).toThrow(code('package-unsigned', 1));
  });

  test('there is no key before every trustee has confirmed', async () => {
    const { binding, round1 } = started;
    const finished = await Promise.all(
      started.secrets.map((own) => finishCeremony(binding, own, round1, round2)),
    );
    const [one, two, three] = finished.map(({ confirmation }) => confirmation);
    expect(() => pollKeyOf(binding, round1, [one, two])).toThrow(code('package-missing', 3));
    expect(() => pollKeyOf(binding, round1, [one, two, { ...three!, signature: two!.signature }])).toThrow(
      code('package-unsigned', 3),
    );
    expect(() => pollKeyOf(binding, round1, [one, two, { index: 3 }])).toThrow(code('package-malformed', 3));
    expect(pollKeyOf(binding, round1, [three, one, two]).threshold).toBe(2);
  });

  test('each package is judged by itself as well, as whoever gathers them does', async () => {
    const { binding, round1 } = started;
    const transcript = transcriptOf(round1);
    const [one, two] = round1;
    expect(readRound1(binding, one)).toEqual(one);
    expect(() => readRound1(binding, { ...one!, signature: two!.signature })).toThrow(
      code('package-unsigned', 1),
    );
    expect(() => readRound1(binding, signedRound1(started, { ...one!, proof: two!.proof }))).toThrow(
      code('proof-wrong', 1),
    );
    expect(() => readRound1(binding, { ...one!, index: 4 })).toThrow(code('not-a-trustee', 4));
    expect(() => readRound1(binding, null)).toThrow(code('package-malformed'));
    expect(readRound2(binding, transcript, round2[1])).toEqual(round2[1]);
    const [dealt] = round2[1]!.shares;
    for (const shares of [[dealt!], [dealt!, dealt!], [dealt!, { ...dealt!, to: 2 }]]) {
      const incomplete = signedRound2(started, 2, shares);
      expect(() => readRound2(binding, transcript, incomplete)).toThrow(code('package-malformed', 2));
    }
    expect(() => readRound2(binding, new Uint8Array(32), round2[1])).toThrow(code('package-unsigned', 2));
    expect(() => readRound2(binding, transcript, { ...round2[1]!, index: 4 })).toThrow(
      code('not-a-trustee', 4),
    );
    expect(() => readRound2(binding, transcript, {})).toThrow(code('package-malformed'));
    const { confirmation } = await finishCeremony(binding, first(), round1, round2);
    expect(readConfirmation(binding, transcript, confirmation)).toEqual(confirmation);
    expect(() => readConfirmation(binding, transcript, { ...confirmation, index: 2 })).toThrow(
      code('package-unsigned', 2),
    );
    expect(() => readConfirmation(binding, transcript, { ...confirmation, index: 4 })).toThrow(
      code('not-a-trustee', 4),
    );
    expect(() => readConfirmation(binding, transcript, { index: 1 })).toThrow(code('package-malformed', 1));
  });

  test('whoever speaks last cannot lower the number of trustees that open the key', () => {
    const { binding, round1 } = started;
    const [one, two, three] = round1;
    const others = [one!, two!].map(({ commitments }) => p256.Point.fromHex(commitments[1]!));
    const opposite = others[0]!.add(others[1]!).negate().toHex();
    const cheat = signedRound1(started, { ...three!, commitments: [three!.commitments[0]!, opposite] });
    expect(readRound1(binding, cheat)).toEqual(cheat);
    expect(() => checkRound1(binding, [one, two, cheat])).toThrow(code('commitments-cancel'));
  });

  test('refuses a list of trustees that no manifest would accept', () => {
    const { ceremony } = started.binding;
    const [one, two, three] = ceremony.trustees;
    const lists = [
      { ...ceremony, threshold: 1 },
      { ...ceremony, threshold: 4 },
      { ...ceremony, trustees: [one, { ...two, organisation: one!.organisation }, three] },
      { ...ceremony, trustees: [two, one, three] },
      { ...ceremony, trustees: [one, { ...two, name: one!.name }, three] },
      { ...ceremony, trustees: [one, { ...two, signingKey: one!.signingKey }, three] },
      { ...ceremony, trustees: [one, { ...two, signingKey: '00'.repeat(32) }, three] },
      { ...ceremony, trustees: [one, { ...two, sealingKey: `02${'ff'.repeat(32)}` }, three] },
      { ...ceremony, more: true },
    ];
    for (const list of lists) expect(() => readCeremony(list)).toThrow(code('ceremony-malformed'));
    expect(trusteeProblems(ceremony)).toEqual([]);
    expect(trusteeProblems({ ...ceremony, threshold: 4 })).toEqual([
      { code: 'threshold-invalid', at: 'threshold' },
    ]);
    expect(trusteeProblems({ ...ceremony, trustees: [one!, one!, three!] })).toEqual(
      ['organisation-too-strong', 'duplicate-name', 'duplicate-key', 'duplicate-key'].map((problem) => ({
        code: problem,
        at: 'trustees',
      })),
    );
  });
});
