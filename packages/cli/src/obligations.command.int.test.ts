import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerObligations } from './obligations.command.ts';
import { paymentsStandIn, run } from './payroll/payments.fixture.ts';
import { atTerminal } from './terminal.fixture.ts';

const at = '2027-03-01T09:00:00.000Z';
const sha256 = `abcdef12${'0'.repeat(56)}`;
const owed = {
  obligationId: 'obl-1',
  projectId: 'prj-1',
  pilotId: 'pil-1',
  decisionId: 'dec-1',
  payeeId: 'per-1',
  payeeRole: 'champion',
  amount: { amount: 1_250, currency: 'EUR' },
  state: 'rejected',
  fiscalYear: 2027,
  costCentre: '4100',
  account: '401500',
  vatCode: '00',
  closedBecause: null as string | null,
  reason: null,
  cancellation: null as object | null,
  attempts: [
    {
      attemptId: 'att-1',
      number: 1,
      batchId: 'bat-1',
      endToEndId: 'T1-1',
      method: 'bank',
      state: 'rejected',
      reasonCode: 'AC04',
    },
  ],
  dueSince: at,
  version: 3,
};
const reason = { id: 'txt-1', sha256: 'b'.repeat(64) };
const proposed = { ...owed, cancellation: { reason, by: 'per-clerk', sha256, at, confirmedBy: null } };
const cancelled = {
  ...owed,
  state: 'cancelled',
  closedBecause: 'cancelled',
  cancellation: { ...proposed.cancellation, confirmedBy: 'per-approver' },
};
const same = {
  type: 'urn:talkoot:problem:same-person-twice',
  title: 'A second person has to do this',
  status: 409,
  code: 'same-person-twice',
};
const file = (obligation: object) => ({
  obligation,
  computation: ['a third'],
  because: 'The account is closed',
});

let service: Awaited<ReturnType<typeof paymentsStandIn>>;
beforeAll(async () => {
  service = await paymentsStandIn({
    'GET /obligations': { items: [owed], next: null },
    'GET /me/obligations': { items: [], next: null },
    'GET /obligations/obl-1': file(proposed),
    'GET /obligations/obl-2': file({ ...owed, obligationId: 'obl-2' }),
    'POST /obligations/obl-1/declined': { ...owed, state: 'cancelled', closedBecause: 'declined' },
    'POST /obligations/obl-1/unclaimed': { ...owed, state: 'unclaimed', closedBecause: 'unclaimed' },
    'POST /obligations/obl-1/cancellation-proposal': proposed,
    'POST /obligations/obl-1/cancellation': cancelled,
    'POST /obligations/obl-2/cancellation': same,
  });
});
afterAll(() => service.close());
const obligations = (...words: string[]) => run(registerObligations, service.url, ['obligations', ...words]);
const asked = () => service.asked.at(-1)!;
const body = () => JSON.parse(asked().body) as unknown;

describe('talkoot obligations', () => {
  it('lists what is owed, what was tried, and what somebody may have forgotten to claim', async () => {
    const said = await obligations('list', '--due-before', at, '--project', 'prj-1');
    expect(said).toContain('obl-1  rejected    12.50 EUR  champion per-1  prj-1  year 2027');
    expect(said).toContain('attempt 1 in bat-1 by bank: rejected AC04 (T1-1)');
    expect(asked().path).toContain(`projectId=prj-1&dueBefore=${encodeURIComponent(at)}`);
    expect(JSON.parse(await obligations('list', '--json'))).toEqual(owed);
    expect(await obligations('mine')).toBe('You are owed nothing.\n');
    const shown = await obligations('show', 'obl-1');
    expect(shown).toContain('because: The account is closed');
    expect(shown).toContain('a third');
  });

  it('declines a share once its payee has seen it and means it', async () => {
    const { done, shown } = await atTerminal('yes', () => obligations('decline', 'obl-1'));
    expect(shown).toContain('12.50 EUR');
    expect(done).toContain('closed: declined');
    const before = service.asked.filter(({ method }) => method === 'POST').length;
    const unsure = atTerminal('no', () => obligations('decline', 'obl-1'));
    await expect(unsure).rejects.toMatchObject({ code: 'not-meant' });
    expect(service.asked.filter(({ method }) => method === 'POST')).toHaveLength(before);
    expect(await obligations('decline', 'obl-1', '--yes')).toContain('closed: declined');
  });

  it('closes what nobody claimed, with a reason', async () => {
    expect(await obligations('close', 'obl-1', '--reason', 'Letters came back')).toContain(
      'closed: unclaimed',
    );
    expect(body()).toEqual({ reason: 'Letters came back' });
  });

  it('cancels by two people, the second of whom reads the first one’s reason and signs its hash', async () => {
    const said = await obligations('cancel', 'propose', 'obl-1', '--reason', 'The account is closed');
    expect(body()).toEqual({ reason: 'The account is closed' });
    expect(said).toContain('talkoot obligations cancel confirm obl-1');
    const confirm = () => obligations('cancel', 'confirm', 'obl-1');
    const { done, shown } = await atTerminal('abcdef12', confirm);
    expect(shown).toContain('because: The account is closed');
    expect(body()).toEqual({ proposalSha256: sha256 });
    expect(done).toContain('cancelled by per-clerk, confirmed by per-approver');
    await expect(confirm()).rejects.toMatchObject({ code: 'hash-missing' });
  });

  it('says by its code why nothing is cancelled', async () => {
    const none = atTerminal('abcdef12', () => obligations('cancel', 'confirm', 'obl-2'));
    await expect(none).rejects.toMatchObject({ code: 'not-proposed' });
    const twice = obligations('cancel', 'confirm', 'obl-2', '--sha256', sha256);
    await expect(twice).rejects.toMatchObject({ code: 'same-person-twice' });
  });
});
