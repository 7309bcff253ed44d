import { payoutSettledV1 } from '@talkoot/event-contracts';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { payoutReader, type PayoutEvent } from './payout.event.ts';
import { journalIn } from './payout.journal.ts';
import { amountText, payoutLine } from './payout.line.ts';

const settled = payoutSettledV1.example as PayoutEvent;
const read = payoutReader();
const asMessage = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('a message on the payouts topic', () => {
  it('is a payout event when it fits the committed schema of its type', () => {
    expect(read(asMessage(settled))).toEqual({ kind: 'payout', event: settled });
  });

  it.each([
    ['nothing', null],
    ['text', Buffer.from('pay me')],
    ['a number', Buffer.from('7')],
    ['no CloudEvent', asMessage({ amount: 1 })],
    ['an event without its data', asMessage({ ...settled, data: {} })],
    [
      'half a cent',
      asMessage({ ...settled, data: { ...settled.data, amount: { amount: 0.5, currency: 'EUR' } } }),
    ],
  ])('is passed over when it is %s', (_, value) => {
    expect(read(value)).toMatchObject({ kind: 'invalid' });
  });

  it('is reported without its content, which may be anything', () => {
    const spoilt = { ...settled, data: { ...settled.data, fiscalYear: 'Maija Meikäläinen' } };
    expect(read(asMessage(spoilt))).toEqual({
      kind: 'invalid',
      why: 'breaks org.talkoot.payout.settled.v1: /data/fiscalYear type',
    });
  });

  it('is somebody else’s when it is about funds, or of a version this program does not know', () => {
    for (const type of ['org.talkoot.fund.funds-opened.v1', 'org.talkoot.payout.settled.v2']) {
      expect(read(asMessage({ ...settled, type }))).toEqual({ kind: 'other' });
    }
  });
});

describe('an amount', () => {
  it.each([
    [1250, 'EUR', '12.50 EUR'],
    [5, 'EUR', '0.05 EUR'],
    [-12_345, 'EUR', '-123.45 EUR'],
    [1250, 'JPY', '1250 JPY'],
    [9_007_199_254_740_991, 'EUR', '90071992547409.91 EUR'],
  ])('of %i minor units of %s is %s to the last digit', (amount, currency, text) => {
    expect(amountText({ amount, currency })).toBe(text);
  });

  it('stands on the line with what it is booked by', () => {
    const line = payoutLine(settled);
    for (const part of [
      'settled',
      '125.50 EUR',
      'obligation-7f3a',
      'year 2027',
      '4100/401500/00',
      'T7F3A1',
    ]) {
      expect(line).toContain(part);
    }
  });
});

describe('a journal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'talkoot-journal-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('knows after a crash what it took in before, and forgets half a line', () => {
    const path = join(folder, 'books.jsonl');
    const before = journalIn(path);
    expect(before.has(settled)).toBe(false);
    before.add(settled);
    before.close();
    const next = { ...settled, id: 'obligation/obligation-7f3a/2' };
    appendFileSync(path, `{"source":"${next.source}","id":"${next.id}`);
    const after = journalIn(path);
    expect([after.has(settled), after.has(next)]).toEqual([true, false]);
    after.add(next);
    after.close();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual([settled.id, next.id]);
  });
});
