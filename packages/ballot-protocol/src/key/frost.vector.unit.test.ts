import { p256_FROST } from '@noble/curves/nist.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import dkg from './frost-dkg.fixture.json' with { type: 'json' };
import rfc from './rfc9591.fixture.json' with { type: 'json' };
import { sign } from '../signature/ed25519.ts';
import { finishCeremony, pollKeyOf } from './ceremony.finish.ts';
import { startedCeremony } from './ceremony.fixture.ts';
import { startRound2 } from './ceremony.round2.ts';
import { round1Bytes } from './ceremony.ts';
import { bound } from '../binding.ts';
import { checkShare, combineShares } from './share.ts';
import * as slow from './slow-curve.fixture.ts';

const rfcKey = {
  threshold: rfc.threshold,
  trustees: rfc.shares.map(({ index }) => ({
    name: `${index}`,
    organisation: `${index}`,
    index,
    signingKey: '00'.repeat(32),
  })),
  commitments: [rfc.publicKey, slow.compress(slow.multiply(slow.generator, BigInt(`0x${rfc.coefficient}`)))],
  transcript: '00'.repeat(32),
};
const rfcShares = rfc.shares.map(({ index, share }) => ({ index, share: hexToBytes(share) }));

test('shares of RFC 9591 match their commitments, and every two of them, or all, give its secret key', () => {
  for (const share of rfcShares) checkShare(rfcKey, share);
  const [one, two, three] = rfcShares;
  for (const chosen of [[one!, two!], [three!, one!], [two!, three!], rfcShares]) {
    expect(bytesToHex(combineShares(rfcKey, chosen))).toBe(rfc.secretKey);
  }
});

test("the library's FROST(P-256) signs as RFC 9591 says", () => {
  const identifier = (index: number) => p256_FROST.Identifier.fromNumber(index);
  const pub = {
    signers: { min: 2, max: 3 },
    commitments: rfcKey.commitments.map((point) => hexToBytes(point)),
    verifyingShares: {},
  };
  const message = hexToBytes(rfc.message);
  const commitments = rfc.rounds.map(({ index, hidingCommitment, bindingCommitment }) => ({
    identifier: identifier(index),
    hiding: hexToBytes(hidingCommitment),
    binding: hexToBytes(bindingCommitment),
  }));
  const shares = rfc.rounds.map(({ index, hidingNonce, bindingNonce }) => {
    const secret = { identifier: identifier(index), signingShare: rfcShares[index - 1]!.share };
    const nonces = { hiding: hexToBytes(hidingNonce), binding: hexToBytes(bindingNonce) };
    return p256_FROST.signShare(secret, pub, nonces, commitments, message);
  });
  expect(shares.map((share) => bytesToHex(share))).toEqual(
    rfc.rounds.map(({ signatureShare }) => signatureShare),
  );
  expect(p256_FROST.verify(hexToBytes(rfc.signature), message, hexToBytes(rfc.publicKey))).toBe(true);
});

test('a ceremony with the polynomials of the FROST project yields its shares, its sums and its public key', async () => {
  const { binding, secrets: fresh } = startedCeremony(2, 3);
  const secrets = fresh.map((own, place) => ({ ...own, coefficients: dkg.trustees[place]!.coefficients }));
  const round1 = dkg.trustees.map(({ index, commitments, proof }) => {
    const unsigned = { index, commitments, proof };
    const message = bound('talkoot-key-round1-v1', binding.hash, round1Bytes(unsigned));
    const signature = bytesToHex(sign(hexToBytes(fresh[index - 1]!.signingKey), message));
    return { ...unsigned, signature };
  });
  const round2 = await Promise.all(secrets.map((own) => startRound2(binding, own, round1)));
  const finished = await Promise.all(secrets.map((own) => finishCeremony(binding, own, round1, round2)));
  expect(finished.map(({ secrets }) => secrets.share)).toEqual(dkg.trustees.map(({ share }) => share));
  const confirmations = finished.map(({ confirmation }) => confirmation);
  expect(pollKeyOf(binding, round1, confirmations).commitments[0]).toBe(dkg.publicKey);
});

test('a second, slow implementation computes the same from the vectors: dealt shares, sums, commitments, key', () => {
  const number = (text: string) => BigInt(`0x${text}`);
  const polynomials = dkg.trustees.map(({ coefficients }) => coefficients.map(number));
  for (const [place, { commitments, received, index }] of dkg.trustees.entries()) {
    const points = polynomials[place]!.map((value) => slow.multiply(slow.generator, value));
    expect(points.map(slow.compress)).toEqual(commitments);
    for (const [from, share] of Object.entries(received)) {
      expect(slow.hex(slow.evaluate(polynomials[Number(from) - 1]!, BigInt(index)))).toBe(share);
    }
  }
  const points = dkg.trustees.slice(1).map(({ index, share }) => [BigInt(index), number(share)] as const);
  const secret = slow.interpolate(points);
  expect(slow.compress(slow.multiply(slow.generator, secret))).toBe(dkg.publicKey);
});
