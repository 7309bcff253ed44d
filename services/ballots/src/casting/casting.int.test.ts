import type { ApiProblem } from '@talkoot/api-contracts';
import type { Ballot } from '@talkoot/api-contracts/ballots';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ballotsFixture, bonusPlan, criteriaPlan, plan } from '../ballots.fixture.ts';
import type { BallotsFixture } from '../ballots.fixture.ts';

let fixture: BallotsFixture;
beforeAll(async () => {
  fixture = await ballotsFixture(inject('mongodbUrl'));
  await fixture.prepare('pol-1', plan, 'open');
  await fixture.prepare(
    'pol-knapsack',
    { ...plan, ballot: { ...plan.ballot, type: 'knapsack', maxChoices: 3 } },
    'open',
  );
  await fixture.prepare('pol-c-1', criteriaPlan, 'open');
  await fixture.prepare('pol-b-1', bonusPlan, 'open');
  await fixture.prepare('pol-early', plan, 'roll-frozen');
});
afterAll(() => fixture.stop());

const ballots = () => fixture.connection.collection('ballots');
const ballot = (pollId: string, rest: Omit<Ballot, 'certificate'>): Ballot => ({
  certificate: fixture.certificate(pollId),
  ...rest,
});

describe('casting', () => {
  it('answers the same receipt for the same ballot and refuses another with its certificate', async () => {
    const body = ballot('pol-1', { choices: ['prj-a', 'prj-b'] });
    const { receipt } = await fixture.cast('pol-1', body);
    expect(await fixture.cast('pol-1', { ...body, choices: ['prj-b', 'prj-a'] })).toEqual({ receipt });
    const other = fixture.cast('pol-1', { ...body, choices: ['prj-c'] });
    await expect(other).rejects.toMatchObject({ code: 'certificate-already-used' });
    const params = { pollId: 'pol-1', receipt };
    expect(await fixture.anyone.checkReceipt({ params })).toEqual({ receipt, state: 'stored' });
  });

  it('takes one of fifty different ballots with one certificate', async () => {
    const certificate = fixture.certificate('pol-1');
    const before = await ballots().countDocuments({ poll: 'pol-1' });
    const choices = [['prj-a'], ['prj-b'], ['prj-c'], ['prj-a', 'prj-b'], []];
    const sent = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        fixture.cast('pol-1', { certificate, choices: choices[index % 5]! }),
      ),
    );
    const receipts = sent.flatMap((one) => (one.status === 'fulfilled' ? [one.value.receipt] : []));
    expect(new Set(receipts).size).toBe(1);
    expect(await ballots().countDocuments({ poll: 'pol-1' })).toBe(before + 1);
  });

  it.each<[string, Omit<Ballot, 'certificate'>, string]>([
    ['pol-1', { choices: ['prj-a', 'prj-b', 'prj-c'] }, 'ballot-invalid'],
    ['pol-1', { choices: ['prj-a', 'prj-a'] }, 'ballot-invalid'],
    ['pol-1', { choices: ['prj-x'] }, 'ballot-invalid'],
    ['pol-1', { answers: { yes: [], no: [] } }, 'ballot-of-another-type'],
    ['pol-1', {}, 'ballot-of-another-type'],
    ['pol-knapsack', { choices: ['prj-a', 'prj-b'] }, 'over-budget'],
    ['pol-c-1', { choices: ['crt-1'] }, 'ballot-of-another-type'],
    ['pol-c-1', { answers: { yes: ['crt-1'], no: ['crt-1'] } }, 'ballot-invalid'],
    ['pol-c-1', { answers: { yes: ['crt-1'], no: [], share: 50 } }, 'ballot-of-another-type'],
    ['pol-b-1', { answers: { yes: ['crt-9'], no: [] } }, 'ballot-invalid'],
    ['pol-early', { choices: ['prj-a'] }, 'poll-not-open'],
  ])('refuses in %s the ballot %j with %s and stores nothing', async (pollId, rest, code) => {
    const before = await ballots().countDocuments();
    await expect(fixture.cast(pollId, ballot(pollId, rest))).rejects.toMatchObject({ code });
    expect(await ballots().countDocuments()).toBe(before);
  });

  it('refuses a certificate of another poll, an invented one and an unknown key', async () => {
    const foreign = { certificate: fixture.certificate('pol-knapsack'), choices: ['prj-a'] };
    await expect(fixture.cast('pol-1', foreign)).rejects.toMatchObject({ code: 'certificate-invalid' });
    const own = fixture.certificate('pol-1');
    const invented = { certificate: { ...own, serial: randomBytes(32).toString('hex') }, choices: ['prj-a'] };
    await expect(fixture.cast('pol-1', invented)).rejects.toMatchObject({ code: 'certificate-invalid' });
    const unknown = { certificate: { ...own, keyId: 'key-2' }, choices: ['prj-a'] };
    await expect(fixture.cast('pol-1', unknown)).rejects.toMatchObject({ code: 'certificate-invalid' });
    const nowhere = fixture.cast('pol-none', { certificate: own, choices: [] });
    await expect(nowhere).rejects.toMatchObject({ code: 'not-found' });
  });

  it('stores no time, ObjectId, order or trace with a ballot', async () => {
    await fixture.cast('pol-b-1', ballot('pol-b-1', { answers: { yes: ['crt-1'], no: [], share: 80 } }));
    for (const row of await ballots().find().toArray()) {
      expect(row._id).toMatch(/^[0-9a-f]{64}$/);
      const keys = Object.keys(row).filter((key) => key !== 'confirmed');
      expect(keys.toSorted()).toEqual(['_id', 'certificate', 'poll', 'vote']);
    }
    const [info] = await fixture.connection
      .db!.listCollections({ name: 'ballots' }, { nameOnly: false })
      .toArray();
    expect(info!.options?.['clusteredIndex']).toMatchObject({ unique: true });
    const collections = await fixture.connection.db!.listCollections().toArray();
    expect(collections.map((one) => one.name)).not.toContain('operations');
  });
});

describe('closing', () => {
  it('counts every ballot that was accepted and none that was refused, however close the race', async () => {
    for (let round = 0; round < 4; round += 1) {
      const pollId = `pol-race-${round}`;
      await fixture.prepare(pollId, plan, 'open');
      const accepted = new Set<string>();
      const refused: Ballot[] = [];
      const undecided: Ballot[] = [];
      const send = async (body: Ballot) => {
        try {
          accepted.add((await fixture.cast(pollId, body)).receipt);
          return true;
        } catch (error) {
          const { code } = error as ApiProblem;
          expect(['poll-not-open', 'poll-being-counted']).toContain(code);
          (code === 'poll-not-open' ? refused : undecided).push(body);
          return false;
        }
      };
      const voter = async () => {
        // Each ballot is sent twice at once, as an impatient device would.
        for (let open = true; open;) {
          const body = ballot(pollId, { choices: ['prj-a'] });
          open = (await Promise.all([send(body), send(body)])).every(Boolean);
        }
      };
      const voters = Promise.all(Array.from({ length: 24 }, voter));
      while (accepted.size < 60) await new Promise((resolve) => setTimeout(resolve, 5));
      await fixture.advance(pollId, 'closed', 'open');
      const count = () => fixture.worker.tallyPoll({ params: { pollId } });
      const [result] = await Promise.all([count(), count(), voters]);
      for (const body of undecided.splice(0)) await send(body);
      expect(undecided).toEqual([]);
      const counted = await ballots().find({ poll: pollId, counted: true }).toArray();
      expect(new Set(counted.map((row) => String(row._id)))).toEqual(accepted);
      expect(result.ballots).toBe(accepted.size);
      const serials = new Set(counted.map((row) => row['certificate'].serial as string));
      expect(refused.filter((one) => serials.has(one.certificate.serial))).toEqual([]);
      expect(refused.length).toBeGreaterThan(0);
    }
  });

  it('answers a receipt again after the count, and refuses what was not counted', async () => {
    await fixture.prepare('pol-late', plan, 'open');
    const [early, late] = [
      ballot('pol-late', { choices: ['prj-a'] }),
      ballot('pol-late', { choices: ['prj-b'] }),
    ];
    const { receipt } = await fixture.cast('pol-late', early);
    await fixture.advance('pol-late', 'closed', 'open');
    await expect(fixture.cast('pol-late', early)).rejects.toMatchObject({
      code: 'poll-being-counted',
      status: 503,
    });
    await fixture.worker.tallyPoll({ params: { pollId: 'pol-late' } });
    expect(await fixture.cast('pol-late', early)).toEqual({ receipt });
    await expect(fixture.cast('pol-late', late)).rejects.toMatchObject({ code: 'poll-not-open' });
    const params = { pollId: 'pol-late', receipt };
    expect(await fixture.anyone.checkReceipt({ params })).toEqual({ receipt, state: 'counted' });
  });
});
