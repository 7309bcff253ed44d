import {
  certificateMessage,
  finishCertificate,
  importIssuerKey,
  newSigningKey,
  requestCertificate,
  verifyCertificate,
} from '@talkoot/ballot-protocol';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { identityFixture, SECRET, withResidents } from '../identity.fixture.ts';
import type { IdentityFixture } from '../identity.fixture.ts';

const params = { municipalityId: 'lintula', pollId: 'pol-one' };
const m = randomBytes(32);
const electorate = { municipalityId: 'lintula', minimumAge: 18, districts: [], asOf: '2026-06-15T10:00:00Z' };
let fixture: IdentityFixture;
let people: string[];
let modulus: string;

beforeAll(async () => {
  fixture = await identityFixture(inject('mongodbUrl'));
  people = await withResidents(fixture, 'lintula', 1_200);
  await withResidents(fixture, 'other', 3);
  const worker = await fixture.service('worker');
  const body = { ...electorate, excluded: people.slice(0, 2) };
  const frozen = await worker.freezeRoll({ params: { pollId: params.pollId }, body });
  expect(frozen).toMatchObject({ pollId: 'pol-one', name: 'municipality', roll: 1_198, excluded: 2 });
  modulus = frozen.modulus;
});
afterAll(() => fixture.stop());

const resident = (index: number) => fixture.as(people[index]!, 'lintula', 'resident');
const raw = async () => JSON.stringify(await fixture.connection.collection('issuances').find().toArray());
/** Any number below every modulus. */
const blinded = () => `01${randomBytes(255).toString('hex')}`;

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
    const worker = await fixture.service('worker');
    const broken = { municipalityId: 'lintula', pollId: 'pol-broken' };
    await worker.freezeRoll({ params: { pollId: broken.pollId }, body: electorate });
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
    for (const row of rows) expect(Object.keys(row).toSorted()).toEqual(['_id', 'blindedSha256', 'pollId']);
  });

  it('tells a resident whether one was issued in their name', async () => {
    const stateOf = async (index: number) => (await resident(index)).getCertificateState({ params });
    expect(await stateOf(11)).toMatchObject({ onRoll: true, issued: true });
    expect(await stateOf(30)).toMatchObject({ onRoll: true, issued: false });
    expect(await stateOf(1)).toMatchObject({ onRoll: false });
  });

  it('is issued no more once the poll is counted; the number stays, and key and salts are gone', async () => {
    const ballots = await fixture.service('ballots');
    const ofPoll = (name: string) =>
      fixture.connection.collection<{ _id: string; pollId?: string }>(name).find({ pollId: 'pol-one' });
    expect((await fixture.anyone.getIssuance({ params })).issued).toBeNull();
    const salted = await ofPoll('rollparts').toArray();
    expect(salted.every((part) => 'salts' in part)).toBe(true);
    const closed = await ballots.closeIssuance({ params: { pollId: 'pol-one' } });
    expect(closed.issued).toBe(6);
    expect(await ballots.closeIssuance({ params: { pollId: 'pol-one' } })).toEqual(closed);
    const late = (await resident(40)).issueCertificate({ params, body: { blinded: blinded() } });
    await expect(late).rejects.toMatchObject({ code: 'certificates-closed' });
    const roll = await fixture.connection.collection<{ _id: string }>('rolls').findOne({ _id: 'pol-one' });
    expect(roll).toMatchObject({ sealedKey: null, issued: 6, modulus });
    expect((await ofPoll('rollparts').toArray()).some((part) => 'salts' in part)).toBe(false);
    expect(await fixture.anyone.getIssuance({ params })).toMatchObject({ modulus, issued: 6 });
  });
});

describe('a roll', () => {
  it('stays as it was frozen, with its key, whatever is asked later', async () => {
    const worker = await fixture.service('worker');
    const asked = { ...electorate, minimumAge: 99, districts: ['North'], asOf: '2026-07-01T00:00:00Z' };
    const again = await worker.freezeRoll({ params: { pollId: params.pollId }, body: asked });
    expect(again).toMatchObject({ pollId: 'pol-one', roll: 1_198, excluded: 2, modulus });
  });

  it('is frozen once by many at once', async () => {
    const worker = await fixture.service('worker');
    const body = { ...electorate, districts: ['North'] };
    const frozen = await Promise.all(
      Array.from({ length: 8 }, () => worker.freezeRoll({ params: { pollId: 'pol-many' }, body })),
    );
    expect(new Set(frozen.map((one) => `${one.roll} ${one.modulus} ${one.rollHash}`)).size).toBe(1);
    expect(frozen[0]!.roll).toBe(600);
    const parts = await fixture.connection.collection('rollparts').find({ pollId: 'pol-many' }).toArray();
    expect(parts.flatMap((one) => one['people'] as string[])).toHaveLength(600);
  });

  it('publishes a commitment for each entry, under the hash that it announced, and no entry', async () => {
    const worker = await fixture.service('worker');
    const frozen = await worker.freezeRoll({ params: { pollId: 'pol-many' }, body: electorate });
    const text = await fixture.anyone.getRollCommitments({ params: { ...params, pollId: 'pol-many' } });
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(600);
    const file = Buffer.from(lines.join(''), 'hex');
    expect(createHash('sha256').update(file).digest('hex')).toBe(frozen.rollHash);
    const parts = await fixture.connection.collection('rollparts').find({ pollId: 'pol-many' }).toArray();
    const [part] = parts;
    const salts = part!['salts'].buffer as Buffer;
    const own = createHmac('sha256', salts.subarray(0, 32))
      .update(part!['people'][0] as string)
      .digest('hex');
    expect(lines).toContain(own);
    expect(text).not.toContain('per-');
  });

  it('has another key in each poll', async () => {
    const worker = await fixture.service('worker');
    const other = await worker.freezeRoll({ params: { pollId: 'pol-many' }, body: electorate });
    expect(other.modulus).not.toBe(modulus);
  });

  it('keeps its key only encrypted', async () => {
    const rolls = await fixture.connection.collection('rolls').find().toArray();
    expect(JSON.stringify(rolls)).not.toMatch(/PRIVATE KEY|"d"/);
  });
});

describe('who gains from the result', () => {
  let auditor: IdentityFixture;
  beforeAll(async () => {
    auditor = await identityFixture(inject('mongodbUrl'), undefined, 'auditor');
    await withResidents(auditor, 'lintula', 20);
  });
  afterAll(() => auditor.stop());

  it('is left out of both rolls, known to the auditor only by the references of the register', async () => {
    const [ours, theirs] = [await fixture.service('worker'), await auditor.service('worker')];
    const excluded = [people[3]!, people[4]!, 'per-nobody-here'];
    const pollId = 'pol-bonus';
    const frozen = await ours.freezeRoll({ params: { pollId }, body: { ...electorate, excluded } });
    expect(frozen).toMatchObject({ roll: 1_198, excluded: 2 });
    expect(frozen.excludedReferences).toEqual(['ref-lintula-3', 'ref-lintula-4']);
    const { excludedReferences } = frozen;
    const again = await ours.freezeRoll({ params: { pollId }, body: { ...electorate, excluded } });
    expect(again.excludedReferences).toEqual(excludedReferences);
    const audited = await theirs.freezeRoll({
      params: { pollId },
      body: { ...electorate, excludedReferences },
    });
    expect(audited).toMatchObject({ name: 'auditor', roll: 18, excluded: 2 });
    expect(audited.modulus).not.toBe(frozen.modulus);
  });

  it('is never left on a roll in silence: without a reference, or with one nobody knows, nothing is frozen', async () => {
    const people = [
      {
        nationalId: 'N-unreferred',
        municipalityId: 'lintula',
        resident: { birthDate: '1990-01-01', district: 'North' },
      },
    ];
    const { personIds } = await fixture.anyone.createLocalPeople({ body: { secret: SECRET, people } });
    const worker = await fixture.service('worker');
    const params = { pollId: 'pol-silent' };
    const missing = worker.freezeRoll({ params, body: { ...electorate, excluded: personIds } });
    await expect(missing).rejects.toMatchObject({ code: 'reference-missing', status: 409 });
    const excludedReferences = ['ref-of-nobody'];
    const unknown = worker.freezeRoll({ params, body: { ...electorate, excludedReferences } });
    await expect(unknown).rejects.toMatchObject({ code: 'reference-unknown', status: 409 });
    const place = { ...params, municipalityId: 'lintula' };
    await expect(fixture.anyone.getIssuance({ params: place })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is another person there, and no token of one issuer opens the other', async () => {
    const nationalId = 'N-lintula-5';
    const known = { secret: SECRET, people: [{ nationalId, municipalityId: 'lintula' }] };
    const here = (await fixture.anyone.createLocalPeople({ body: known })).personIds;
    const there = (await auditor.anyone.createLocalPeople({ body: known })).personIds;
    expect(here).not.toEqual(there);
    const { tokens } = await fixture.anyone.grantLocalTokens({ body: { secret: SECRET, personIds: here } });
    await expect(auditor.withToken(tokens[0]!).getMe({})).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
