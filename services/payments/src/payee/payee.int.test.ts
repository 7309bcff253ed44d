import { identityApi } from '@talkoot/api-contracts/identity';
import { readOrder } from '@talkoot/bank-simulator';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { debtorAccount, paymentFile } from '../bank/bank.fixture.ts';
import {
  instruct,
  key,
  municipalityId,
  owedProject,
  paymentsFixture,
  propose,
  registered,
  testAccount,
} from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import { rewrapKeys } from './payee.chores.ts';
import { eraseWhoAsked, forgetAfterRetention } from './payee.erasure.ts';
import { payeeStore } from './payee.store.ts';
import { tellOfChanges } from './payee.telling.ts';
import { createVault } from './vault.ts';
import { settle } from '../settlement/settlement.fixture.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const other = testAccount('DE89 3704 0044 0532 0130 00');
const params = { municipalityId };
const payee = (payeeId: string) => ({ municipalityId, payeeId });

let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const resident = (id: string) => fixture.as(id, 'resident');
const seen = (payeeId: string) => fixture.clerk.getPayee({ params: payee(payeeId) });
const approve = (payeeId: string, changeId: string, by = fixture.approver) =>
  by.approveAccountChange({ params: payee(payeeId), body: { changeId } });
/** Asks for another account than the first. */
async function changed(id: string) {
  const person = await resident(id);
  await person.putPayeeDetails({ params, body: testAccount() });
  const { change } = await person.putPayeeDetails({ params, body: other });
  return { person, changeId: change!.changeId };
}
async function everything(): Promise<string> {
  const collections = await fixture.connection.db!.collections();
  const all = await Promise.all(collections.map((one) => one.find().toArray()));
  return JSON.stringify(all);
}

describe('a changed account', () => {
  it('is not paid to before a second person approved it and the payee had time to object', async () => {
    const { changeId } = await changed('per-change');
    expect(await seen('per-change')).toMatchObject({
      masked: 'FI•• •••• 0785',
      change: { masked: 'DE•• •••• 3000', approvedAt: null },
      changeRequestedBy: 'per-change',
    });
    const told = fixture.notices.filter((one) => one.subject.id === changeId);
    expect(told.map((one) => one.to)).toEqual([{ personId: 'per-change' }, { role: 'payout-approver' }]);
    expect(JSON.stringify(told)).not.toMatch(/DE89|3000|Harju/);
    for (const { noticeId, ...notice } of told) {
      const { params: path, body } = identityApi.routes.notify;
      path.parse({ noticeId });
      body.parse({ ...notice, template: 'payout', dueAt: null });
    }
    await approve('per-change', changeId);
    expect((await seen('per-change')).masked).toBe('FI•• •••• 0785');
    fixture.later(72 * HOUR - 60_000);
    expect((await seen('per-change')).masked).toBe('FI•• •••• 0785');
    fixture.later(60_000);
    expect(await seen('per-change')).toMatchObject({ masked: 'DE•• •••• 3000', change: null });
  });

  it('that is given again goes on cooling off, and keeps its approval', async () => {
    const { person, changeId } = await changed('per-twice');
    await approve('per-twice', changeId);
    const before = (await seen('per-twice')).change;
    fixture.later(HOUR);
    const again = await person.putPayeeDetails({ params, body: other });
    expect(again.change).toEqual(before);
    expect(fixture.notices.filter((one) => one.subject.id === changeId)).toHaveLength(2);
    fixture.later(71 * HOUR);
    expect(await seen('per-twice')).toMatchObject({ masked: 'DE•• •••• 3000', change: null });
  });

  it('stays on record with who entered and who approved it, also when others follow', async () => {
    const { person, changeId } = await changed('per-record');
    await approve('per-record', changeId);
    const auditor = await fixture.as('per-auditor', 'auditor');
    const read = (query = {}) => auditor.listPayeeAccounts({ params: payee('per-record'), query });
    expect((await read()).items).toEqual([]);
    fixture.later(72 * HOUR);
    const first = {
      changeId,
      masked: 'DE•• •••• 3000',
      requestedBy: 'per-record',
      approvedBy: 'per-approver',
    };
    expect((await read()).items).toMatchObject([first]);
    const third = testAccount('SE4550000000058398257466');
    const { change } = await person.putPayeeDetails({ params, body: third });
    expect((await read()).items).toMatchObject([first]);
    await approve('per-record', change!.changeId);
    fixture.later(72 * HOUR);
    await person.putPayeeDetails({ params, body: testAccount() });
    const second = { ...first, changeId: change!.changeId, masked: 'SE•• •••• 7466' };
    const page = await read({ limit: 1 });
    const rest = await read({ limit: 1, after: page.next });
    expect([...page.items, ...rest.items]).toMatchObject([first, second]);
    expect(rest.next).toBeNull();
    const rows = await fixture.connection.collection('payeeaccounts').find().toArray();
    expect(JSON.stringify(rows)).not.toMatch(/DE89|SE45|Harju|sealed|fingerprint/);
    await expect(person.listPayeeAccounts({ params: payee('per-record') })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const unknown = auditor.listPayeeAccounts({ params: payee('per-unknown') });
    await expect(unknown).rejects.toMatchObject({ code: 'not-found' });
  });

  it('waits as long as the payee cannot be told', async () => {
    const person = await resident('per-untold');
    await person.putPayeeDetails({ params, body: testAccount() });
    fixture.silence(true);
    const { change } = await person.putPayeeDetails({ params, body: other });
    expect(change).toMatchObject({ toldAt: null, coolsOffAt: null });
    await approve('per-untold', change!.changeId);
    fixture.later(1_000 * HOUR);
    expect((await seen('per-untold')).masked).toBe('FI•• •••• 0785');
    await expect(tellOfChanges(fixture.payments)).rejects.toThrow();
    fixture.silence(false);
    await tellOfChanges(fixture.payments);
    expect((await seen('per-untold')).change?.toldAt).not.toBeNull();
    fixture.later(72 * HOUR);
    expect((await seen('per-untold')).masked).toBe('DE•• •••• 3000');
  });

  it('is approved by nobody who entered it or is paid, and not under another id', async () => {
    const { changeId } = await changed('per-refused');
    const own = await fixture.as('per-refused', 'payout-approver');
    await expect(approve('per-refused', changeId, own)).rejects.toMatchObject({ code: 'own-payment' });
    await expect(approve('per-refused', 'chg-other')).rejects.toMatchObject({
      code: 'account-change-unknown',
    });
    await expect(approve('per-refused', changeId, fixture.clerk)).rejects.toMatchObject({
      code: 'forbidden',
    });
    const both = await fixture.as('per-both', 'finance-clerk', 'payout-approver');
    const { name, iban } = testAccount('SE4550000000058398257466');
    const entered = await both.enterAccount({
      params: payee('per-refused'),
      body: { name, iban, evidence: 'Contract 7' },
    });
    const second = entered.change!.changeId;
    await expect(approve('per-refused', second, both)).rejects.toMatchObject({ code: 'same-person-twice' });
  });

  it('is not taken back by a clerk who gives the former one: that waits, and the payee hears of it', async () => {
    const { changeId } = await changed('per-undone');
    await approve('per-undone', changeId);
    const { name, iban } = testAccount();
    const entered = await fixture.clerk.enterAccount({
      params: payee('per-undone'),
      body: { name, iban, evidence: 'A letter' },
    });
    expect(entered).toMatchObject({ changeRequestedBy: 'per-clerk', change: { approvedAt: null } });
    const told = fixture.notices.filter((one) => one.subject.id === entered.change!.changeId);
    expect(told.map((one) => one.to)).toContainEqual({ personId: 'per-undone' });
  });

  it('is refused or withdrawn as long as it waits', async () => {
    const { person, changeId } = await changed('per-away');
    await approve('per-away', changeId);
    const body = { changeId, because: 'holder-denies' as const };
    await fixture.approver.refuseAccountChange({ params: payee('per-away'), body });
    fixture.later(100 * HOUR);
    expect(await seen('per-away')).toMatchObject({ masked: 'FI•• •••• 0785', change: null });
    const again = await person.putPayeeDetails({ params, body: other });
    const mine = { changeId: again.change!.changeId };
    expect((await person.withdrawAccountChange({ params, body: mine })).change).toBeNull();
    const late = person.withdrawAccountChange({ params, body: mine });
    await expect(late).rejects.toMatchObject({ code: 'account-change-unknown' });
  });

  it('leaves payments under way on the account that was approved, and says so to who signs', async () => {
    const owed = await owedProject(fixture, 'pil-way', 'prj-way');
    const mine = owed.find((one) => one.payeeId === 'per-champion')!;
    const verified = { result: 'match' as const, checkedAt: '2027-03-01T09:00:00.000Z' };
    await fixture.clerk.recordVerification({ params: payee('per-champion'), body: verified });
    const batch = await propose(fixture, [mine.obligationId]);
    const champion = await resident('per-champion');
    const { change } = await champion.putPayeeDetails({ params, body: other });
    const lineOf = async () =>
      (await fixture.releaser.getBatch({ params: { municipalityId, batchId: batch.batchId } })).lines[0]!;
    expect(await lineOf()).toMatchObject({
      warnings: ['new-account-waits', 'account-shared'],
      verification: verified,
    });
    await approve('per-champion', change!.changeId);
    fixture.later(72 * HOUR);
    expect(await lineOf()).toMatchObject({ warnings: ['account-replaced'], verification: null });
    await instruct(fixture, batch);
    const paths = { params: { municipalityId, batchId: batch.batchId } };
    await debtorAccount(fixture);
    const { xml } = await paymentFile(fixture, batch.batchId);
    expect(readOrder(xml).transfers.map(({ iban }) => iban)).toEqual(['FI2112345600000785']);
    await settle(fixture, (await fixture.clerk.getBatch(paths)).lines);
  });
});

describe('a company', () => {
  it('has its account entered from the contract, which a second person approves', async () => {
    const { name, iban } = testAccount();
    const body = { name, iban, evidence: 'HILMA 2027-14', address: { town: 'Lintula', country: 'FI' } };
    const entered = await fixture.clerk.enterAccount({ params: payee('org-builder'), body });
    expect(entered).toMatchObject({ method: null, masked: null, changeEvidence: 'HILMA 2027-14' });
    const waiting = await fixture.approver.listPayees({ params, query: { awaiting: 'approval' } });
    expect(waiting.items.map((one) => one.payeeId)).toContain('org-builder');
    const { changeId } = entered.change!;
    const said = { result: 'match' as const, checkedAt: '2027-03-01T09:00:00.000Z', changeId };
    const verify = (by: typeof fixture.clerk) =>
      by.recordVerification({ params: payee('org-builder'), body: said });
    await expect(verify(fixture.clerk)).rejects.toMatchObject({ code: 'same-person-twice' });
    await verify(await fixture.as('per-clerk-2', 'finance-clerk'));
    await approve('org-builder', changeId);
    const again = await fixture.clerk.enterAccount({ params: payee('org-builder'), body });
    expect(again.change).toMatchObject({ changeId, verification: { result: 'match' } });
    expect(await seen('org-builder')).toMatchObject({ method: null, masked: null });
    fixture.later(72 * HOUR);
    expect(await seen('org-builder')).toMatchObject({ method: 'bank', masked: 'FI•• •••• 0785' });
    const wrong = { ...body, iban: 'FI2112345600000786' };
    const refused = fixture.clerk.enterAccount({ params: payee('org-builder'), body: wrong });
    await expect(refused).rejects.toMatchObject({ code: 'iban-invalid' });
    const own = fixture.clerk.enterAccount({ params: payee('per-clerk'), body });
    await expect(own).rejects.toMatchObject({ code: 'own-payment' });
  });
});

describe('what finance sees of a payee', () => {
  it('tells who else has a new account, or waits for it, before anybody approves it', async () => {
    const wanted = testAccount('GB29NWBK60161331926819');
    const accounts = { 'per-robbed-1': 'BE43068999999501', 'per-robbed-2': 'BE71096123456769' };
    for (const [id, iban] of Object.entries(accounts)) {
      const robbed = await resident(id);
      await robbed.putPayeeDetails({ params, body: testAccount(iban) });
      await robbed.putPayeeDetails({ params, body: wanted });
    }
    expect(await seen('per-robbed-1')).toMatchObject({ sharedWith: 0, changeSharedWith: 1 });
    await (await resident('per-mule')).putPayeeDetails({ params, body: wanted });
    expect(await seen('per-robbed-1')).toMatchObject({ sharedWith: 0, changeSharedWith: 2 });
    expect(await seen('per-mule')).toMatchObject({ sharedWith: 2, changeSharedWith: null });
  });

  it('is a mask, who else has the account, and what the bank said of it', async () => {
    for (const id of ['per-couple-1', 'per-couple-2']) {
      await (await resident(id)).putPayeeDetails({ params, body: testAccount('NL91ABNA0417164300') });
    }
    const body = { result: 'close-match' as const, checkedAt: '2027-03-01T09:00:00.000Z' };
    await fixture.clerk.recordVerification({ params: payee('per-couple-1'), body });
    expect(await seen('per-couple-1')).toMatchObject({ sharedWith: 1, verification: body });
    const own = await (await resident('per-couple-1')).getPayeeDetails({ params });
    expect(own).not.toHaveProperty('sharedWith');
    await expect((await resident('per-x')).getPayee({ params: payee('per-couple-1') })).rejects.toMatchObject(
      { code: 'forbidden' },
    );
    const missing = fixture.clerk.recordVerification({ params: payee('per-none'), body });
    await expect(missing).rejects.toMatchObject({ code: 'account-missing' });
    const self = await fixture.as('per-couple-1', 'finance-clerk');
    const vouching = self.recordVerification({ params: payee('per-couple-1'), body });
    await expect(vouching).rejects.toMatchObject({ code: 'own-payment' });
  });
});

describe('people', () => {
  it('are paid through payroll unless they are registered for prepayment today', async () => {
    const owed = await owedProject(fixture, 'pil-tax', 'prj-tax');
    const mine = owed.find((one) => one.payeeId === 'per-volunteer-1')!;
    const methodOf = async () => {
      const batch = await propose(fixture, [mine.obligationId]);
      const path = { municipalityId, batchId: batch.batchId };
      const { lines } = await fixture.clerk.getBatch({ params: path });
      const body = { reason: 'Only looked' };
      await fixture.approver.refuseBatch({ params: path, body, idempotencyKey: key() });
      return lines[0]!.method;
    };
    expect(await methodOf()).toBe('bank');
    const record = (until: string, by = fixture.clerk) =>
      by.recordRegistration({ params: payee('per-volunteer-1'), body: { evidence: 'YTJ', until } });
    await record(new Date(fixture.payments.now().getTime() + DAY).toISOString().slice(0, 10));
    fixture.later(2 * DAY);
    expect(await methodOf()).toBe('payroll');
    await expect(record('2020-01-01')).rejects.toMatchObject({ code: 'registration-expired' });
    const self = await fixture.as('per-volunteer-1', 'finance-clerk');
    await expect(record('2099-01-01', self)).rejects.toMatchObject({ code: 'own-payment' });
    await registered(fixture, 'per-volunteer-1');
  });
});

describe('in the database', () => {
  it('no account, name or national id can be read', async () => {
    const person = await resident('per-secret');
    const body = { ...testAccount('BE68539007547034'), address: { town: 'Salainen', country: 'FI' } };
    await person.putPayeeDetails({ params, body });
    expect(await person.putNationalId({ params, body: { nationalId: '131052-308T' } })).toMatchObject({
      nationalIdGiven: true,
    });
    const all = await everything();
    const secrets = ['BE68539007547034', '539007547034', 'Salainen', 'Harju', '131052-308T'];
    expect(secrets.filter((one) => all.includes(one))).toEqual([]);
    const outsider = await fixture.asElsewhere('per-out', 'resident');
    const refused = outsider.putNationalId({ params, body: { nationalId: '131052-308T' } });
    await expect(refused).rejects.toMatchObject({ code: 'not-payable-here' });
  });

  it('keys are wrapped anew when the key of the service changes, and the old one is needed no more', async () => {
    const before = await paymentsFixture(inject('mongodbUrl'));
    const details = testAccount('FR1420041010050500013M02606');
    for (const id of ['per-rotated', 'per-partner']) {
      await (await before.as(id, 'resident')).putPayeeDetails({ params, body: details });
    }
    const current = randomBytes(32);
    const { connection, payments } = before;
    const rotated = { ...payments, payees: payeeStore(connection, createVault(current, [before.payeeKey])) };
    while ((await rotated.payees.wrappedBefore(1)).length > 0) await rewrapKeys(rotated);
    const alone = payeeStore(connection, createVault(current));
    const found = (await alone.find(municipalityId, 'per-rotated'))!;
    const { sealed, fingerprint } = found.account!;
    const signed = [{ personId: 'per-rotated', sealed, fingerprint }];
    const opened = await connection.transaction((session) =>
      alone.openAccounts(municipalityId, signed, session),
    );
    expect(opened).toEqual([{ name: 'Aino Harju', iban: 'FR1420041010050500013M02606' }]);
    const sharing = await alone.sharing(municipalityId, [found.account!.index]);
    expect([...sharing.values()]).toEqual([2]);
    await before.stop();
  });
});

describe('an erasure', () => {
  it('waits while something is due, under way or may come back; then nothing is left but the voucher', async () => {
    const owed = await owedProject(fixture, 'pil-erase', 'prj-erase');
    const mine = owed.find((one) => one.payeeId === 'per-volunteer-2')!;
    const person = await resident('per-volunteer-2');
    const ask = () => person.requestErasure({ params });
    // Shares of other projects of this file.
    const { items } = await person.listMyObligations({ params });
    for (const { obligationId, state } of items) {
      if (state !== 'due' || obligationId === mine.obligationId) continue;
      await person.declineObligation({ params: { municipalityId, obligationId }, idempotencyKey: key() });
    }
    expect(await ask()).toMatchObject({ state: 'waiting', because: 'payment-due' });
    const batch = await propose(fixture, [mine.obligationId]);
    expect(await ask()).toMatchObject({ state: 'waiting', because: 'payment-under-way' });
    const lines = await instruct(fixture, batch);
    await settle(fixture, lines);
    expect(await ask()).toMatchObject({ state: 'waiting', because: 'payment-may-return' });
    fixture.later(31 * DAY);
    await eraseWhoAsked(fixture.payments);
    expect(await ask()).toEqual({ state: 'erased', because: null, notBefore: null });
    const path = { municipalityId, batchId: batch.batchId };
    const kept = (await fixture.clerk.getBatch({ params: path })).lines[0]!;
    expect(kept).toMatchObject({ masked: 'FI•• •••• 0785', payeeRole: 'volunteer', amount: mine.amount });
    await debtorAccount(fixture);
    const file = fixture.clerk.makeBankFile({ params: path, idempotencyKey: key() });
    await expect(file).rejects.toMatchObject({ code: 'bank-file-changed' });
    expect(await seen('per-volunteer-2')).toMatchObject({ masked: null, method: null });
    const keys = fixture.connection.collection<{ _id: string }>('payeekeys');
    expect(await keys.findOne({ _id: `${municipalityId}/per-volunteer-2` })).toBeNull();
    const again = await person.putPayeeDetails({ params, body: testAccount() });
    expect(again).toMatchObject({ masked: null, change: { masked: 'FI•• •••• 0785' } });
  });

  it('is not there for somebody who never gave details', async () => {
    const ask = (await resident('per-nobody')).requestErasure({ params });
    await expect(ask).rejects.toMatchObject({ code: 'not-found' });
  });

  it('comes to vouchers six years after the end of the year; then nothing leads to the person', async () => {
    const owed = await owedProject(fixture, 'pil-old', 'prj-old');
    const mine = owed.find((one) => one.payeeId === 'per-champion')!;
    await settle(fixture, await instruct(fixture, await propose(fixture, [mine.obligationId])));
    const year = fixture.payments.now().getUTCFullYear();
    const obligations = fixture.connection.collection<{ _id: string; payeeId: string }>('obligations');
    const payeeOf = async () => (await obligations.findOne({ _id: mine.obligationId }))!.payeeId;
    const until = (at: number) => fixture.later(at - fixture.payments.now().getTime());
    until(Date.UTC(Math.max(year, 2027) + 7, 0, 1) - HOUR);
    await forgetAfterRetention(fixture.payments);
    expect(await payeeOf()).toBe('per-champion');
    until(Date.UTC(Math.max(year, 2027) + 7, 0, 1));
    await forgetAfterRetention(fixture.payments);
    expect(await payeeOf()).toMatch(/^gone-/);
    const attempt = await fixture.connection
      .collection('attempts')
      .findOne({ obligationId: mine.obligationId });
    expect(attempt).toMatchObject({
      amount: mine.amount.amount,
      destination: { masked: null, sealed: null },
    });
  });
});
