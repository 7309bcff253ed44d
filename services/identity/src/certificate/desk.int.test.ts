import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { identityFixture, withResidents } from '../identity.fixture.ts';
import type { IdentityFixture } from '../identity.fixture.ts';
import { blinded, frozenPoll, openPoll } from './poll.fixture.ts';

const place = { municipalityId: 'lintula', pollId: 'pol-desk' };
let fixture: IdentityFixture;
let people: string[];

beforeAll(async () => {
  fixture = await identityFixture(inject('mongodbUrl'));
  people = await withResidents(fixture, 'lintula', 20);
  await withResidents(fixture, 'other', 1);
  await openPoll(fixture, 'pol-desk', { batchSize: 100, excluded: people.slice(0, 1) });
});
afterEach(() => fixture.witness.setSilent(false));
afterAll(() => fixture.stop());

const resident = (index: number) => fixture.as(people[index]!, 'lintula', 'resident');
const document = (index: number) => `N-lintula-${index}`;
async function atDesk(nationalId: string, body = blinded(), desk = 'des-library', pollId = place.pollId) {
  const clerk = await fixture.as('per-clerk', 'lintula', 'desk-clerk');
  const params = { ...place, pollId, desk };
  return clerk.issueDeskCertificate({ params, body: { nationalId, blinded: body } });
}
async function online(index: number, body = blinded()) {
  return (await resident(index)).issueCertificate({ params: place, body: { blinded: body } });
}

describe('a certificate at a desk', () => {
  it('is issued for whom the document names, and they see where', async () => {
    const { blindSignature } = await atDesk(' n-lintula-1 ');
    expect(blindSignature).toMatch(/^[0-9a-f]{512}$/);
    const state = await (await resident(1)).getCertificateState({ params: place });
    expect(state).toMatchObject({ issued: true, desk: 'des-library' });
  });

  it('is the same again for the same message at the same desk, and refused for any other', async () => {
    const body = blinded();
    const first = await atDesk(document(2), body);
    expect(await atDesk(document(2), body)).toEqual(first);
    for (const other of [() => atDesk(document(2)), () => atDesk(document(2), body, 'des-school')]) {
      await expect(other()).rejects.toMatchObject({ code: 'certificate-already-issued', status: 409 });
    }
    expect(await atDesk(document(2), body)).toEqual(first);
  });

  it('is refused to whom one was issued online, and online to whom one was issued at a desk', async () => {
    const body = blinded();
    await online(3, body);
    await expect(atDesk(document(3))).rejects.toMatchObject({ code: 'certificate-already-issued' });
    await expect(atDesk(document(3), body)).rejects.toMatchObject({ code: 'certificate-already-issued' });
    await atDesk(document(4), body);
    await expect(online(4)).rejects.toMatchObject({ code: 'certificate-already-issued' });
    await expect(online(4, body)).rejects.toMatchObject({ code: 'certificate-already-issued' });
  });

  it('is issued at fifty desks that one clerk began, and at a thousand of a poll, however many are invented', async () => {
    await openPoll(fixture, 'pol-invented', { batchSize: 100 });
    const began = (desks: number, by: string) =>
      Array.from({ length: desks }, (_, at) => ({ desk: `des-${by}-${at}`, by }));
    const desks = fixture.connection.collection<{ _id: string; desks: object[] }>('issuancedesks');
    await desks.insertOne({ _id: 'pol-invented', desks: began(47, 'per-clerk') });
    const at = (index: number, desk: string) => atDesk(document(index), blinded(), desk, 'pol-invented');
    const crowd = await Promise.allSettled(
      [6, 7, 8, 9, 10, 11].map((index) => at(index, `des-new-${index}`)),
    );
    const refused = crowd.flatMap((one, place) => (one.status === 'rejected' ? [{ place, ...one }] : []));
    expect(refused).toHaveLength(3);
    for (const { place, reason } of refused) {
      expect(reason).toMatchObject({ code: 'too-many-desks', status: 409 });
      // Nothing was recorded for this voter.
      await at(6 + place, 'des-per-clerk-0');
    }
    await desks.updateOne({ _id: 'pol-invented' }, { $push: { desks: { $each: began(950, 'per-other') } } });
    const params = { ...place, pollId: 'pol-invented', desk: 'des-one-more' };
    const another = await fixture.as('per-another', 'lintula', 'desk-clerk');
    const late = another.issueDeskCertificate({
      params,
      body: { nationalId: document(12), blinded: blinded() },
    });
    await expect(late).rejects.toMatchObject({ code: 'too-many-desks' });
    const worker = await fixture.service('worker');
    const closed = await worker.closeIssuance({ params: { pollId: 'pol-invented' } });
    expect(closed.desks.reduce((sum, { issued }) => sum + issued, 0)).toBe(6);
  });

  it('is one when desk and device ask at once', async () => {
    const sent = await Promise.allSettled(
      Array.from({ length: 20 }, (_, turn) => (turn % 2 === 0 ? online(5) : atDesk(document(5)))),
    );
    expect(sent.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  });

  it('is refused to whom nobody knows, who lives elsewhere and who is left out of the roll', async () => {
    for (const nationalId of ['N-nobody', 'N-other-0', document(0)]) {
      await expect(atDesk(nationalId)).rejects.toMatchObject({ code: 'not-on-roll', status: 403 });
    }
  });

  it('is issued by clerks of this municipality only', async () => {
    const params = { ...place, desk: 'des-library' };
    const body = { nationalId: document(6), blinded: blinded() };
    for (const client of [
      await resident(6),
      await fixture.as('per-operator', 'lintula', 'operator', 'registrar', 'poll-officer'),
      await fixture.as('per-clerk', 'other', 'desk-clerk'),
    ]) {
      const asking = client.issueDeskCertificate({ params, body });
      await expect(asking).rejects.toMatchObject({ code: 'forbidden' });
    }
    const clerk = await fixture.as('per-clerk', 'other', 'desk-clerk');
    const crossing = clerk.issueDeskCertificate({ params: { ...params, municipalityId: 'other' }, body });
    await expect(crossing).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is issued neither before issuing is opened nor after, and only for a message below the modulus', async () => {
    await expect(atDesk(document(7), 'ff'.repeat(256))).rejects.toMatchObject({
      code: 'blinded-out-of-range',
    });
    await frozenPoll(fixture, 'pol-early');
    const early = atDesk(document(7), blinded(), 'des-library', 'pol-early');
    await expect(early).rejects.toMatchObject({ code: 'certificates-not-open' });
    const worker = await fixture.service('worker');
    await worker.closeIssuance({ params: { pollId: 'pol-early' } });
    const late = atDesk(document(7), blinded(), 'des-library', 'pol-early');
    await expect(late).rejects.toMatchObject({ code: 'certificates-closed' });
  });

  it('is refused while no witness confirms the log', async () => {
    const process = await fixture.another({ rememberMs: 0 });
    fixture.witness.setSilent(true);
    const clerk = await process.as('per-clerk', 'lintula', 'desk-clerk');
    const asking = clerk.issueDeskCertificate({
      params: { ...place, desk: 'des-library' },
      body: { nationalId: document(8), blinded: blinded() },
    });
    await expect(asking).rejects.toMatchObject({ code: 'log-not-current', status: 503 });
    fixture.witness.setSilent(false);
  });

  it('leaves the desk and no time, order or document beside it, and is counted by desk', async () => {
    await atDesk(document(9), blinded(), 'des-school');
    const rows = await fixture.connection
      .collection('issuances')
      .find({ pollId: place.pollId, desk: { $exists: true } })
      .toArray();
    for (const row of rows) {
      const fields = ['_id', 'blindedSha256', 'desk', 'pollId', 'waiting'];
      expect(Object.keys(row).toSorted()).toEqual(fields);
    }
    expect(JSON.stringify(rows)).not.toContain('N-lintula');
    const schoolOnly = rows.filter((row) => row['desk'] === 'des-school').length;
    const worker = await fixture.service('worker');
    const closed = await worker.closeIssuance({ params: { pollId: place.pollId } });
    expect(closed.desks).toEqual([
      { desk: 'des-library', issued: rows.length - schoolOnly },
      { desk: 'des-school', issued: schoolOnly },
    ]);
    const everybody = await fixture.connection
      .collection('issuances')
      .countDocuments({ pollId: place.pollId });
    expect(closed.issued).toBe(everybody);
  });
});
