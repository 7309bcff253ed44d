import type { ApiProblem } from '@talkoot/api-contracts';
import type { Ballot } from '@talkoot/api-contracts/ballots';
import { newIssuerKey } from '@talkoot/ballot-protocol/issuer';
import type { KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ballotsFixture, bonusPlan, criteriaPlan, plan } from '../ballots.fixture.ts';
import type { BallotsFixture } from '../ballots.fixture.ts';
import { certificateBy, Voter } from './voter.fixture.ts';
import type { Choice } from './voter.fixture.ts';

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
const ballot = (pollId: string, choice: Choice): Ballot => fixture.voter(pollId).ballot(choice);
const refused = async (pollId: string, body: Ballot, code: string) => {
  const before = await ballots().find().toArray();
  await expect(fixture.cast(pollId, body)).rejects.toMatchObject({ code });
  expect(await ballots().find().toArray()).toEqual(before);
};

describe('casting', () => {
  it('answers the same receipt for the same ballot and refuses another with its key and sequence', async () => {
    const voter = fixture.voter('pol-1');
    const body = voter.ballot({ choices: ['prj-a', 'prj-b'] });
    const { receipt } = await fixture.cast('pol-1', body);
    expect(await fixture.cast('pol-1', body)).toEqual({ receipt });
    await refused('pol-1', voter.ballot({ choices: ['prj-c'] }), 'sequence-already-used');
    const params = { pollId: 'pol-1', receipt };
    expect(await fixture.anyone.checkReceipt({ params })).toEqual({ receipt, state: 'stored' });
  });

  it('takes one of fifty different ballots with one key and sequence', async () => {
    const voter = fixture.voter('pol-1');
    const before = await ballots().countDocuments({ poll: 'pol-1' });
    const choices = [['prj-a'], ['prj-b'], ['prj-c'], ['prj-a', 'prj-b'], []];
    const sent = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        fixture.cast('pol-1', voter.ballot({ choices: choices[index % 5]! })),
      ),
    );
    const receipts = sent.flatMap((one) => (one.status === 'fulfilled' ? [one.value.receipt] : []));
    expect(new Set(receipts).size).toBe(1);
    expect(await ballots().countDocuments({ poll: 'pol-1' })).toBe(before + 1);
  });

  it.each<[string, Choice, string]>([
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
  ])('refuses in %s the ballot %j with %s and stores nothing', async (pollId, choice, code) => {
    await refused(pollId, ballot(pollId, choice), code);
  });

  it('stores no time, ObjectId, order or trace with a ballot', async () => {
    await fixture.cast('pol-b-1', ballot('pol-b-1', { answers: { yes: ['crt-1'], no: [], share: 80 } }));
    for (const row of await ballots().find().toArray()) {
      expect(row._id).toMatch(/^[0-9a-f]{64}$/);
      const keys = Object.keys(row).filter((key) => key !== 'confirmed');
      expect(keys.toSorted()).toEqual([
        '_id',
        'certificates',
        'poll',
        'publicKey',
        'sequence',
        'signature',
        'vote',
      ]);
    }
    const [info] = await fixture.connection
      .db!.listCollections({ name: 'ballots' }, { nameOnly: false })
      .toArray();
    expect(info!.options?.['clusteredIndex']).toMatchObject({ unique: true });
    const collections = await fixture.connection.db!.listCollections().toArray();
    expect(collections.map((one) => one.name)).not.toContain('operations');
  });
});

describe('the right to cast', () => {
  const choice = { choices: ['prj-a'] };
  /** Whoever the certificates are by, and whatever poll they are for. */
  const holder = (by: readonly [KeyObject, KeyObject], m = fixture.m('pol-1')) =>
    new Voter(fixture.m('pol-1'), (publicKey) => [
      certificateBy(by[0], m, publicKey),
      certificateBy(by[1], m, publicKey),
    ]);
  const keys = () => fixture.issuers.map(({ privateKey }) => privateKey) as [KeyObject, KeyObject];

  it('is the certificates of both issuers, each in its place', async () => {
    const [first, second] = keys();
    await fixture.cast('pol-1', holder([first, second]).ballot(choice));
    await refused('pol-1', holder([second, first]).ballot(choice), 'first-certificate-invalid');
    await refused('pol-1', holder([first, first]).ballot(choice), 'second-certificate-invalid');
    await refused('pol-1', holder([second, second]).ballot(choice), 'first-certificate-invalid');
    const body = holder([first, second]).ballot(choice);
    await refused('pol-1', { ...body, certificates: body.certificates.slice(0, 1) }, 'invalid-request');
    const none = { ...body, certificates: [body.certificates[0]!, '00'.repeat(288)] };
    await refused('pol-1', none, 'second-certificate-invalid');
  });

  it('is not given by a key that is not in the manifest', async () => {
    const { privateKey } = await newIssuerKey();
    const [first, second] = keys();
    await refused('pol-1', holder([privateKey, second]).ballot(choice), 'first-certificate-invalid');
    await refused('pol-1', holder([first, privateKey]).ballot(choice), 'second-certificate-invalid');
  });

  it('holds in the poll it was certified for only', async () => {
    const elsewhere = holder(keys(), fixture.m('pol-knapsack')).ballot(choice);
    await refused('pol-1', elsewhere, 'first-certificate-invalid');
    const whole = ballot('pol-knapsack', choice);
    await refused('pol-1', whole, 'first-certificate-invalid');
    await expect(fixture.cast('pol-none', whole)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is not that of another key: copied certificates are worth nothing', async () => {
    const honest = fixture.voter('pol-1');
    const copied = new Voter(honest.m, () => [...honest.certificates] as [Buffer, Buffer]);
    await refused('pol-1', copied.ballot(choice), 'first-certificate-invalid');
  });

  it('is exercised by the signature of the key over this very ballot', async () => {
    const voter = fixture.voter('pol-1');
    const body = voter.ballot(choice);
    await refused('pol-1', { ...body, choices: ['prj-b'] }, 'signature-invalid');
    await refused('pol-1', { ...body, sequence: 2 }, 'signature-invalid');
    const stranger = fixture.voter('pol-1').ballot(choice);
    await refused('pol-1', { ...body, signature: stranger.signature }, 'signature-invalid');
    const elsewhere = new Voter(
      fixture.m('pol-knapsack'),
      () => [...voter.certificates] as [Buffer, Buffer],
      voter.key,
    );
    await refused('pol-1', { ...body, signature: elsewhere.ballot(choice).signature }, 'signature-invalid');
  });

  it('is not had by a key of small order, nor with a signature that libraries read differently', async () => {
    const body = ballot('pol-1', choice);
    const small = `01${'00'.repeat(31)}`;
    await refused('pol-1', { ...body, publicKey: small }, 'public-key-invalid');
    const notReduced = `${'ff'.repeat(31)}7f`;
    await refused('pol-1', { ...body, publicKey: notReduced }, 'public-key-invalid');
    const above = order + numberOf(body.signature.slice(64));
    const malleable = body.signature.slice(0, 64) + bytesOf(above);
    await refused('pol-1', { ...body, signature: malleable }, 'signature-invalid');
  });

  it.each([0, 51, 2 ** 32 - 1])('is exercised under sequences from 1 to 50, not %i', async (sequence) => {
    await refused('pol-1', fixture.voter('pol-1').ballot(choice, sequence), 'sequence-out-of-range');
  });
});

const order = 2n ** 252n + 27742317777372353535851937790883648493n;
const numberOf = (littleEndian: string) =>
  BigInt(`0x${Buffer.from(littleEndian, 'hex').reverse().toString('hex')}`);
const bytesOf = (value: bigint) =>
  Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse().toString('hex');

describe('voting again', () => {
  it('counts the highest sequence of each key, in whatever order they came, and says so of each receipt', async () => {
    const pollId = 'pol-again';
    await fixture.prepare(pollId, plan, 'open');
    const voter = fixture.voter(pollId);
    const cast = async (choices: string[], sequence: number) =>
      (await fixture.cast(pollId, voter.ballot({ choices }, sequence))).receipt;
    const last = await cast(['prj-b'], 50);
    const first = await cast(['prj-a'], 1);
    const middle = await cast(['prj-c'], 7);
    const other = await fixture.cast(pollId, ballot(pollId, { choices: ['prj-c'] }));
    await fixture.advance(pollId, 'closed', 'open');
    const result = await fixture.worker.tallyPoll({ params: { pollId } });
    expect(result).toMatchObject({
      ballots: 2,
      options: [
        { optionId: 'prj-a', yes: 0 },
        { optionId: 'prj-b', yes: 1 },
        { optionId: 'prj-c', yes: 1 },
      ],
    });
    const stateOf = async (receipt: string) =>
      (await fixture.anyone.checkReceipt({ params: { pollId, receipt } })).state;
    expect(await Promise.all([last, first, middle, other.receipt].map(stateOf))).toEqual([
      'counted',
      'replaced',
      'replaced',
      'counted',
    ]);
    const params = { municipalityId: 'lintula', pollId };
    await fixture.advance(pollId, 'published', 'closed');
    const rows = (await fixture.anyone.exportBallotsAsCsv({ params })).trimEnd().split('\n');
    expect(rows.slice(1).map((row) => row.slice(0, 64))).toEqual([last, other.receipt].toSorted());
  });

  it('is possible under the same key in another poll only with certificates of that poll', async () => {
    const voter = fixture.voter('pol-1');
    await fixture.cast('pol-1', voter.ballot({ choices: ['prj-a'] }));
    const again = new Voter(
      fixture.m('pol-knapsack'),
      () => [...voter.certificates] as [Buffer, Buffer],
      voter.key,
    );
    await refused('pol-knapsack', again.ballot({ choices: ['prj-a'] }), 'first-certificate-invalid');
  });
});

describe('closing', () => {
  it('counts every ballot that was accepted and none that was refused, however close the race', async () => {
    for (let round = 0; round < 4; round += 1) {
      const pollId = `pol-race-${round}`;
      await fixture.prepare(pollId, plan, 'open');
      const accepted = new Set<string>();
      const tooLate: Ballot[] = [];
      const undecided: Ballot[] = [];
      const send = async (body: Ballot) => {
        try {
          accepted.add((await fixture.cast(pollId, body)).receipt);
          return true;
        } catch (error) {
          const { code } = error as ApiProblem;
          expect(['poll-not-open', 'poll-being-counted']).toContain(code);
          (code === 'poll-not-open' ? tooLate : undecided).push(body);
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
      const voted = new Set(counted.map((row) => row['publicKey'] as string));
      expect(tooLate.filter((one) => voted.has(one.publicKey))).toEqual([]);
      expect(tooLate.length).toBeGreaterThan(0);
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
