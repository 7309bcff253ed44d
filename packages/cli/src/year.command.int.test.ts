import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paymentsStandIn, run } from './payroll/payments.fixture.ts';
import { atTerminal } from './terminal.fixture.ts';
import { registerYear } from './year.command.ts';

const at = '2028-01-10T09:00:00.000Z';
const sha256 = `abcdef12${'0'.repeat(56)}`;
const euros = (amount: number) => ({ amount, currency: 'EUR' });
const fund = (name: string) => ({
  fund: name,
  allotted: euros(100),
  carriedOver: euros(0),
  available: euros(60),
  setAside: euros(30),
  used: euros(10),
});
const preview = {
  pilotId: 'pil-1',
  fiscalYear: 2027,
  into: 2028,
  lapses: [{ account: 'round-fund', projectId: null, amount: euros(89_000_000) }],
  carriesOver: [{ account: 'commitment', projectId: 'prj-1', amount: euros(1_000_000) }],
  bringsForward: [],
};
const proposed = {
  ...preview,
  state: 'proposed',
  allotment: { round: euros(90_000_000), bonus: euros(0), outcome: euros(0) },
  reason: { id: 'txt-1', sha256: 'b'.repeat(64) },
  sha256,
  proposedAt: at,
  confirmedAt: null,
};
const moved = {
  type: 'urn:talkoot:problem:year-end-changed',
  title: 'Money moved since',
  status: 409,
  code: 'year-end-changed',
};

let service: Awaited<ReturnType<typeof paymentsStandIn>>;
beforeAll(async () => {
  service = await paymentsStandIn({
    'GET /pilots/pil-1/funds': {
      pilotId: 'pil-1',
      fiscalYear: 2027,
      limit: euros(100),
      funds: ['round', 'bonus', 'outcome'].map(fund),
      openedAt: at,
    },
    'GET /pilots/pil-1/year-ends/2027/preview': preview,
    'PUT /pilots/pil-1/year-ends/2027': proposed,
    'GET /pilots/pil-1/year-ends/2027': proposed,
    'POST /pilots/pil-1/year-ends/2027/confirmed': { ...proposed, state: 'confirmed', confirmedAt: at },
    'POST /pilots/pil-1/year-ends/2026/confirmed': moved,
  });
});
afterAll(() => service.close());
const year = (...words: string[]) => run(registerYear, service.url, ['year', ...words]);
const asked = () => service.asked.at(-1)!;
const body = () => JSON.parse(asked().body) as unknown;

describe('talkoot year', () => {
  it('tells what the funds hold, and what would lapse and go on, before anybody proposes anything', async () => {
    expect(await year('funds', 'pil-1')).toContain('pil-1: 2027 is open\n    round   allotted 1.00 EUR');
    const said = await year('preview', 'pil-1', '2027');
    expect(said).toMatch(/lapses: .*\n +890000\.00 EUR {2}round-fund\n/);
    expect(said).toMatch(/carried over: .*\n +10000\.00 EUR {2}commitment {2}prj-1\n/);
    expect(said).toMatch(/brought forward: .*\n +nothing\n/);
    expect(asked().method).toBe('GET');
  });

  it('proposes the end with what is allotted anew, in the currency of the pilot', async () => {
    const said = await year('propose', 'pil-1', '2027', '--round', '900000.00', '--reason', '§ 212');
    const allotment = { round: euros(90_000_000), bonus: euros(0), outcome: euros(0) };
    expect(body()).toEqual({ allotment, reason: '§ 212' });
    expect(said).toContain('nothing has happened yet');
    expect(said).toContain('talkoot year confirm pil-1 2027');
  });

  it('refuses an amount that is none, and a year that is none, before it asks anybody', async () => {
    const wrong = (amount: string) => year('propose', 'pil-1', '2027', '--bonus', amount, '--reason', 'x');
    await expect(wrong('1.234')).rejects.toMatchObject({ code: 'amount-too-precise' });
    await expect(wrong('1,50')).rejects.toMatchObject({ code: 'amount-malformed' });
    await expect(year('preview', 'pil-1', 'last')).rejects.toThrow('whole number');
    expect(asked()).toMatchObject({ method: 'GET', path: '/pilots/pil-1/funds' });
  });

  it('ends only what the second person was shown and signed by its hash', async () => {
    const confirm = () => year('confirm', 'pil-1', '2027');
    const { done, shown } = await atTerminal('abcdef12', confirm);
    expect(shown).toContain('890000.00 EUR  round-fund');
    expect(body()).toEqual({ sha256 });
    expect(done).toContain('it has ended; confirmed');
    await expect(atTerminal('abcdef13', confirm)).rejects.toMatchObject({ code: 'not-signed' });
    await expect(confirm()).rejects.toMatchObject({ code: 'hash-missing' });
    await expect(year('confirm', 'pil-1', '2026', '--sha256', sha256)).rejects.toMatchObject({
      code: 'year-end-changed',
    });
  });
});
