import { certificateMessage } from '@talkoot/api-contracts/identity';
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { identityFixture, withResidents } from '../identity.fixture.ts';
import type { IdentityFixture } from '../identity.fixture.ts';

const params = { municipalityId: 'lintula', pollId: 'pol-one' };
const secret = () => randomBytes(32).toString('hex');
let fixture: IdentityFixture;
let people: string[];

beforeAll(async () => {
  fixture = await identityFixture(inject('mongodbUrl'));
  people = await withResidents(fixture, 'lintula', 1_200);
  await withResidents(fixture, 'other', 3);
  const worker = await fixture.service('worker');
  const body = {
    municipalityId: 'lintula',
    minimumAge: 18,
    districts: [],
    excluded: people.slice(0, 2),
    asOf: '2026-06-15T10:00:00Z',
  };
  const frozen = await worker.freezeRoll({ params: { pollId: params.pollId }, body });
  expect(frozen).toEqual({ pollId: 'pol-one', roll: 1_198, excluded: 2 });
});
afterAll(() => fixture.stop());

const resident = (index: number) => fixture.as(people[index]!, 'lintula', 'resident');
const raw = async () => JSON.stringify(await fixture.connection.collection('issuances').find().toArray());

describe('a certificate', () => {
  it('is signed by the published key for this poll only', async () => {
    const { certificate } = await (
      await resident(5)
    ).issueCertificate({ params, body: { retrySecret: secret() } });
    const { keys } = await fixture.anyone.listCertificateKeys({});
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: keys[0]!.publicKey };
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const signature = Buffer.from(certificate.signature, 'hex');
    expect(certificate.keyId).toBe(keys[0]!.keyId);
    expect(verify(null, certificateMessage('pol-one', certificate.serial), key, signature)).toBe(true);
    expect(verify(null, certificateMessage('pol-two', certificate.serial), key, signature)).toBe(false);
  });

  it('is the same again for the same device and refused to another', async () => {
    const [client, retrySecret] = [await resident(6), secret()];
    const first = await client.issueCertificate({ params, body: { retrySecret } });
    expect(await client.issueCertificate({ params, body: { retrySecret } })).toEqual(first);
    const other = client.issueCertificate({ params, body: { retrySecret: secret() } });
    await expect(other).rejects.toMatchObject({ code: 'certificate-already-issued' });
  });

  it('is issued once to fifty requests at once', async () => {
    const client = await resident(7);
    const sent = await Promise.allSettled(
      Array.from({ length: 50 }, () => client.issueCertificate({ params, body: { retrySecret: secret() } })),
    );
    expect(sent.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const codes = sent.flatMap((one) => (one.status === 'rejected' ? [one.reason.code as string] : []));
    expect(new Set(codes)).toEqual(new Set(['certificate-already-issued']));
  });

  it('is the same for fifty repetitions of one device at once', async () => {
    const [client, retrySecret] = [await resident(8), secret()];
    const sent = await Promise.all(
      Array.from({ length: 50 }, () => client.issueCertificate({ params, body: { retrySecret } })),
    );
    expect(new Set(sent.map((one) => one.certificate.serial)).size).toBe(1);
  });

  it('refuses who is not on the roll, another municipality and an unknown poll', async () => {
    const body = { retrySecret: secret() };
    const excluded = (await resident(0)).issueCertificate({ params, body });
    await expect(excluded).rejects.toMatchObject({ code: 'not-on-roll' });
    const stranger = await fixture.as('per-stranger', 'other', 'resident');
    await expect(stranger.issueCertificate({ params, body })).rejects.toMatchObject({ code: 'forbidden' });
    const elsewhere = { municipalityId: 'other', pollId: 'pol-one' };
    const crossing = stranger.issueCertificate({ params: elsewhere, body });
    await expect(crossing).rejects.toMatchObject({ code: 'not-found' });
  });

  it('leaves no serial, time or ObjectId in the database', async () => {
    const { certificate } = await (
      await resident(9)
    ).issueCertificate({ params, body: { retrySecret: secret() } });
    const stored = await raw();
    expect(stored).not.toContain(certificate.serial);
    expect(stored).not.toContain(certificate.signature);
    const rows = await fixture.connection.collection('issuances').find().toArray();
    for (const row of rows) expect(Object.keys(row).toSorted()).toEqual(['_id', 'pollId', 'sealed']);
  });

  it('tells a resident whether one was issued in their name', async () => {
    expect(await (await resident(9)).getCertificateState({ params })).toMatchObject({
      onRoll: true,
      issued: true,
    });
    expect(await (await resident(30)).getCertificateState({ params })).toMatchObject({
      onRoll: true,
      issued: false,
    });
    expect(await (await resident(1)).getCertificateState({ params })).toMatchObject({ onRoll: false });
  });

  it('is issued no more once the poll is counted, and the number stays', async () => {
    const ballots = await fixture.service('ballots');
    expect((await fixture.anyone.getIssuance({ params })).issued).toBeNull();
    const closed = await ballots.closeIssuance({ params: { pollId: 'pol-one' } });
    expect(closed.issued).toBe(5);
    expect(await ballots.closeIssuance({ params: { pollId: 'pol-one' } })).toEqual(closed);
    const late = (await resident(40)).issueCertificate({ params, body: { retrySecret: secret() } });
    await expect(late).rejects.toMatchObject({ code: 'certificates-closed' });
    expect(await raw()).not.toContain('sealed');
  });
});

describe('a roll', () => {
  it('stays as it was frozen, whatever is asked later', async () => {
    const worker = await fixture.service('worker');
    const body = {
      municipalityId: 'lintula',
      minimumAge: 99,
      districts: ['North'],
      excluded: [],
      asOf: '2026-07-01T00:00:00Z',
    };
    const again = await worker.freezeRoll({ params: { pollId: params.pollId }, body });
    expect(again).toEqual({ pollId: 'pol-one', roll: 1_198, excluded: 2 });
  });

  it('is frozen once by many at once', async () => {
    const worker = await fixture.service('worker');
    const body = {
      municipalityId: 'lintula',
      minimumAge: 18,
      districts: ['North'],
      excluded: [],
      asOf: '2026-07-01T00:00:00Z',
    };
    const frozen = await Promise.all(
      Array.from({ length: 8 }, () => worker.freezeRoll({ params: { pollId: 'pol-many' }, body })),
    );
    expect(new Set(frozen.map((one) => one.roll))).toEqual(new Set([600]));
    const parts = await fixture.connection.collection('rollparts').find({ pollId: 'pol-many' }).toArray();
    expect(parts.flatMap((one) => one['people'] as string[])).toHaveLength(600);
  });
});
