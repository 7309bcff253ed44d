import {
  certificateMessage,
  finishCertificate,
  importIssuerKey,
  newSigningKey,
  requestCertificate,
  verifyCertificate,
} from '@talkoot/ballot-protocol';
import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { identityFixture, withResidents } from '../identity.fixture.ts';
import type { IdentityFixture } from '../identity.fixture.ts';
import { blinded, frozenPoll, openPoll } from './poll.fixture.ts';

const params = { municipalityId: 'lintula', pollId: 'pol-one' };
const m = randomBytes(32);
let fixture: IdentityFixture;
let people: string[];
let modulus: string;

beforeAll(async () => {
  fixture = await identityFixture(inject('mongodbUrl'));
  people = await withResidents(fixture, 'lintula', 1_200);
  await withResidents(fixture, 'other', 3);
  ({ modulus } = await openPoll(fixture, 'pol-one', { batchSize: 100, excluded: people.slice(0, 2) }));
});
afterEach(() => fixture.witness.setSilent(false));
afterAll(() => fixture.stop());

const resident = (index: number) => fixture.as(people[index]!, 'lintula', 'resident');
const raw = async () => JSON.stringify(await fixture.connection.collection('issuances').find().toArray());

describe('a certificate', () => {
  it('comes of a blind signature, holds for the key that the device chose, and was never seen here', async () => {
    const { publicKey } = newSigningKey();
    const [key, message] = [await importIssuerKey(modulus), certificateMessage(m, publicKey)];
    const request = await requestCertificate(key, message);
    const body = { blinded: Buffer.from(request.blinded).toString('hex') };
    const { blindSignature } = await (await resident(5)).issueCertificate({ params, body });
    const certificate = await finishCertificate(key, message, request, Buffer.from(blindSignature, 'hex'));
    expect(await verifyCertificate(key, message, certificate)).toBe(true);
    const stored = await raw();
    for (const secret of [publicKey, certificate.subarray(32), request.prefix]) {
      expect(stored).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });

  it('is the same again for the same blinded message and refused for another', async () => {
    const [client, body] = [await resident(6), { blinded: blinded() }];
    const first = await client.issueCertificate({ params, body });
    expect(await client.issueCertificate({ params, body })).toEqual(first);
    const other = client.issueCertificate({ params, body: { blinded: blinded() } });
    await expect(other).rejects.toMatchObject({ code: 'certificate-already-issued' });
    expect(await client.issueCertificate({ params, body })).toEqual(first);
  });

  it('is issued once to fifty requests at once', async () => {
    const client = await resident(7);
    const sent = await Promise.allSettled(
      Array.from({ length: 50 }, () => client.issueCertificate({ params, body: { blinded: blinded() } })),
    );
    expect(sent.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const codes = sent.flatMap((one) => (one.status === 'rejected' ? [one.reason.code as string] : []));
    expect(new Set(codes)).toEqual(new Set(['certificate-already-issued']));
  });

  it('is the same for fifty repetitions of one device at once', async () => {
    const [client, body] = [await resident(8), { blinded: blinded() }];
    const sent = await Promise.all(
      Array.from({ length: 50 }, () => client.issueCertificate({ params, body })),
    );
    expect(new Set(sent.map((one) => one.blindSignature)).size).toBe(1);
  });

  it('is recorded before anything is signed: a key that does not open leaves the record, and no signature', async () => {
    const { params: broken } = await openPoll(fixture, 'pol-broken');
    const rolls = fixture.connection.collection<{ _id: string }>('rolls');
    await rolls.updateOne({ _id: broken.pollId }, { $set: { sealedKey: randomBytes(200) } });
    const client = await resident(9);
    const asking = client.issueCertificate({ params: broken, body: { blinded: blinded() } });
    await expect(asking).rejects.toMatchObject({ code: 'unexpected' });
    expect(await client.getCertificateState({ params: broken })).toMatchObject({ issued: true });
  });

  it('refuses who is not on the roll, another municipality and an unknown poll', async () => {
    const body = { blinded: blinded() };
    const excluded = (await resident(0)).issueCertificate({ params, body });
    await expect(excluded).rejects.toMatchObject({ code: 'not-on-roll' });
    const stranger = await fixture.as('per-stranger', 'other', 'resident');
    await expect(stranger.issueCertificate({ params, body })).rejects.toMatchObject({ code: 'forbidden' });
    const elsewhere = { municipalityId: 'other', pollId: 'pol-one' };
    const crossing = stranger.issueCertificate({ params: elsewhere, body });
    await expect(crossing).rejects.toMatchObject({ code: 'not-found' });
  });

  it('refuses what is no message of 256 bytes below the modulus, and the resident keeps their right', async () => {
    const client = await resident(10);
    const ask = (text: string) => client.issueCertificate({ params, body: { blinded: text } });
    for (const text of ['', blinded().slice(2), `${blinded()}00`, blinded().toUpperCase()]) {
      await expect(ask(text)).rejects.toMatchObject({ code: 'invalid-request' });
    }
    const below = (distance: bigint) => (BigInt(`0x${modulus}`) - distance).toString(16).padStart(512, '0');
    for (const text of ['00'.repeat(256), `${'00'.repeat(255)}01`, below(1n), modulus, 'ff'.repeat(256)]) {
      await expect(ask(text)).rejects.toMatchObject({ code: 'blinded-out-of-range' });
    }
    expect((await ask(below(2n))).blindSignature).toMatch(/^[0-9a-f]{512}$/);
  });

  it('leaves neither what was signed nor a time or ObjectId in the database', async () => {
    const body = { blinded: blinded() };
    const { blindSignature } = await (await resident(11)).issueCertificate({ params, body });
    const stored = await raw();
    expect(stored).not.toContain(body.blinded);
    expect(stored).not.toContain(blindSignature);
    const rows = await fixture.connection.collection('issuances').find().toArray();
    for (const row of rows) {
      expect(Object.keys(row).toSorted()).toEqual(['_id', 'blindedSha256', 'pollId', 'waiting']);
    }
    const { options } = (await fixture.connection.db!.listCollections({ name: 'issuances' }).next()) as {
      options?: { clusteredIndex?: { key: object } };
    };
    expect(options?.clusteredIndex?.key).toEqual({ _id: 1 });
  });

  it('tells a resident whether one was issued in their name', async () => {
    const stateOf = async (index: number) => (await resident(index)).getCertificateState({ params });
    expect(await stateOf(11)).toMatchObject({ onRoll: true, issued: true, desk: null, closed: false });
    expect(await stateOf(30)).toMatchObject({ onRoll: true, issued: false, desk: null });
    expect(await stateOf(1)).toMatchObject({ onRoll: false, issued: false, entry: null });
  });

  it('is of an entry that the resident can find on the published roll', async () => {
    const { entry } = await (await resident(12)).getCertificateState({ params });
    const { id, salt, rollValue } = entry!;
    expect(id).toBe(people[12]);
    expect(createHmac('sha256', Buffer.from(salt, 'hex')).update(id).digest('hex')).toBe(rollValue);
    const file = Buffer.from(await fixture.anyone.getRollFile({ params })).toString('hex');
    expect(file.match(/.{64}/g)).toContain(rollValue);
  });

  it('is issued neither before issuing is opened nor after it is closed', async () => {
    await frozenPoll(fixture, 'pol-brief');
    const brief = { ...params, pollId: 'pol-brief' };
    const client = await resident(13);
    const ask = () => client.issueCertificate({ params: brief, body: { blinded: blinded() } });
    await expect(ask()).rejects.toMatchObject({ code: 'certificates-not-open', status: 409 });
    await openPoll(fixture, 'pol-brief');
    await ask();
    const worker = await fixture.service('worker');
    await worker.closeIssuance({ params: { pollId: 'pol-brief' } });
    await expect(ask()).rejects.toMatchObject({ code: 'certificates-closed', status: 409 });
    const other = (await resident(14)).issueCertificate({ params: brief, body: { blinded: blinded() } });
    await expect(other).rejects.toMatchObject({ code: 'certificates-closed' });
    const state = await client.getCertificateState({ params: brief });
    expect(state).toMatchObject({ issued: true, closed: true, entry: null });
  });

  it('is refused while no witness confirms the log, without a trace, and issued when one does', async () => {
    const process = await fixture.another({ rememberMs: 0 });
    const client = await process.as(people[15]!, 'lintula', 'resident');
    const body = { blinded: blinded() };
    fixture.witness.setSilent(true);
    const asking = client.issueCertificate({ params, body });
    await expect(asking).rejects.toMatchObject({ code: 'log-not-current', status: 503 });
    fixture.witness.setSilent(false);
    expect(await client.getCertificateState({ params })).toMatchObject({ issued: false });
    expect((await client.issueCertificate({ params, body })).blindSignature).toMatch(/^[0-9a-f]{512}$/);
  });

  it('asks the witnesses once in a while only', async () => {
    const client = await resident(16);
    await client.issueCertificate({ params, body: { blinded: blinded() } });
    fixture.witness.setSilent(true);
    const issued = (await resident(17)).issueCertificate({ params, body: { blinded: blinded() } });
    await expect(issued).resolves.toMatchObject({ pollId: 'pol-one' });
    fixture.witness.setSilent(false);
  });
});
