import { statusReportXml, statusVersions } from '@talkoot/bank-simulator';
import type { Report } from '@talkoot/bank-simulator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMessage } from './message.ts';
import { decideStatus } from './status.decision.ts';
import type { InstructedFile } from './status.decision.ts';
import type { StatusReport } from './status.report.ts';

const payment = (informationId: string, endToEndId: string) => ({ informationId, endToEndId });
const file: InstructedFile = {
  messageId: 'M1',
  payments: [payment('P1', 'T1'), payment('P1', 'T2'), payment('P2', 'T3'), payment('P2', 'T4')],
};
const transaction = (endToEndId: string | null, code: string | null) => ({
  endToEndId,
  code,
  reasonCode: null,
  amount: null,
});
type Transactions = StatusReport['informations'][number]['transactions'];
const block = (informationId: string, code: string | null, ...transactions: Transactions) => ({
  informationId,
  code,
  reasonCode: null,
  transactions,
});
const report = (group: string | null, ...informations: StatusReport['informations']): StatusReport => ({
  messageId: 'S1',
  originalMessageId: 'M1',
  original: { transactions: null, controlSum: null },
  group: { code: group, reasonCode: null },
  informations,
});
const rejectedBy = (given: StatusReport) =>
  decideStatus(given, file)
    .filter(({ says }) => says === 'rejected')
    .map(({ endToEndId }) => endToEndId);

describe('a status report', () => {
  it.each<[string, StatusReport, (string | null)[]]>([
    ['a rejected group that lists nothing', report('RJCT'), ['T1', 'T2', 'T3', 'T4']],
    ['a rejected block that lists nothing', report('PART', block('P2', 'RJCT')), ['T3', 'T4']],
    ['a rejected group that lists a block', report('RJCT', block('P1', 'RJCT')), ['T1', 'T2']],
    ['a rejected group that accepts a block', report('RJCT', block('P1', 'ACSP')), []],
    ['a rejected transaction', report('PART', block('P1', null, transaction('T2', 'RJCT'))), ['T2']],
    [
      'a transaction that is accepted in what is rejected',
      report('RJCT', block('P1', 'RJCT', transaction('T1', 'ACSC'))),
      [],
    ],
    [
      'a listed transaction without a status of its own',
      report('RJCT', block('P1', null, transaction('T1', null))),
      ['T1'],
    ],
    ['a block that says nothing', report('RJCT', block('P1', null)), ['T1', 'T2', 'T3', 'T4']],
    ['an accepted group', report('ACCP'), []],
  ])('rejects by %s', (_, given, expected) => {
    expect(rejectedBy(given)).toEqual(expected);
  });

  it.each(['ACSC', 'ACCC', 'ACSP', 'ACWC', 'PDNG'])('settles nothing, whatever %s sounds like', (code) => {
    const all = file.payments.map(({ endToEndId }) => transaction(endToEndId, code));
    expect(decideStatus(report(code, block('P1', code, ...all)), file)).toEqual([]);
  });

  it('goes to a person where it contradicts itself or says what nobody knows', () => {
    const twice = report('PART', block('P1', null, transaction('T1', 'RJCT'), transaction('T1', 'ACSC')));
    expect(decideStatus(twice, file)).toMatchObject([{ says: 'unclear', unclear: 'status-contradictory' }]);
    const odd = report('PART', block('P1', null, transaction('T1', 'CANC')));
    expect(decideStatus(odd, file)).toMatchObject([{ endToEndId: 'T1', unclear: 'status-unknown' }]);
    expect(decideStatus(report('CANC'), file)).toMatchObject([
      { endToEndId: null, unclear: 'status-unknown' },
    ]);
  });

  it.each(['RJCT', 'ACSC', 'CANC', null])(
    'goes to a person where it says %s of a payment of another file, and changes that one not',
    (said) => {
      const others = report('PART', block('P1', null, transaction('T9', said), transaction('T1', 'RJCT')));
      expect(decideStatus(others, file)).toMatchObject([
        { endToEndId: 'T9', says: 'unclear', unclear: 'not-in-this-file', way: 'none' },
        { endToEndId: 'T1', says: 'rejected' },
      ]);
    },
  );
});

const codes = [null, 'RJCT', 'PART', 'ACSC', 'ACSP', 'PDNG', 'CANC'] as const;
const code = fc.constantFrom(...codes);
const listed = fc.record({ endToEndId: fc.constantFrom('T1', 'T2', 'T3', 'T4', 'T9'), code });
const anyReport = fc
  .record({
    group: code,
    blocks: fc.array(
      fc.record({ id: fc.constantFrom('P1', 'P2', 'P9'), code, listed: fc.array(listed, { maxLength: 4 }) }),
      { maxLength: 3 },
    ),
  })
  .map(({ group, blocks }) =>
    report(
      group,
      ...blocks.map((one) =>
        block(
          one.id,
          one.code,
          ...one.listed.map(({ endToEndId, code: own }) => transaction(endToEndId, own)),
        ),
      ),
    ),
  );

/** The rule said payment by payment, without any of the cleverness of the program. */
function slowly(
  given: StatusReport,
  { informationId, endToEndId }: { informationId: string; endToEndId: string },
) {
  const own: (string | null)[] = [];
  for (const information of given.informations)
    for (const one of information.transactions)
      if (one.endToEndId === endToEndId) own.push(one.code ?? information.code ?? given.group.code);
  if (own.length > 0) {
    if (new Set(own).size > 1 || own[0] === 'CANC') return 'person';
    return own[0] === 'RJCT' ? 'rejected' : 'unchanged';
  }
  const speaking = given.informations.filter((one) => one.code !== null || one.transactions.length > 0);
  if (speaking.length === 0) return given.group.code === 'RJCT' ? 'rejected' : 'unchanged';
  const mine = speaking.filter((one) => one.informationId === informationId);
  const isWhole = mine.length === 1 && mine[0]!.transactions.length === 0 && mine[0]!.code === 'RJCT';
  return isWhole ? 'rejected' : 'unchanged';
}

describe('any tree of statuses', () => {
  it('means the same as reading it slowly, payment by payment', () => {
    fc.assert(
      fc.property(anyReport, (given) => {
        const lines = decideStatus(given, file);
        for (const one of file.payments) {
          const mine = lines.filter(({ endToEndId }) => endToEndId === one.endToEndId);
          const fate = mine.length === 0 ? 'unchanged' : mine[0]!.says === 'rejected' ? 'rejected' : 'person';
          expect(fate).toBe(slowly(given, one));
          expect(mine.length).toBeLessThanOrEqual(1);
        }
        expect(lines.filter(({ says, way }) => says === 'settled' || way !== 'none')).toEqual([]);
        const isListed = given.informations.some((one) =>
          one.transactions.some(({ endToEndId }) => endToEndId === 'T9'),
        );
        const others = lines.filter(({ endToEndId }) => endToEndId === 'T9').map(({ unclear }) => unclear);
        expect(others).toEqual(isListed ? ['not-in-this-file'] : []);
      }),
      { numRuns: 2_000 },
    );
  });

  it('means the same in each version of the message', () => {
    fc.assert(
      fc.property(anyReport, (given) => {
        for (const version of statusVersions) {
          const message = readMessage(statusReportXml(writable(given), version));
          expect(message.kind).toBe('status');
          expect(message.kind === 'status' && decideStatus(message.report, file)).toEqual(
            decideStatus(given, file),
          );
        }
      }),
    );
  });
});

const writable = ({ group, informations }: StatusReport): Report => ({
  messageId: 'S1',
  at: new Date(0),
  originalMessageId: 'M1',
  ...(group.code === null ? {} : { status: group.code }),
  informations: informations.map(({ informationId, code: own, transactions }) => ({
    informationId,
    ...(own === null ? {} : { status: own }),
    transfers: transactions.map((one) => ({
      ...(one.endToEndId === null ? {} : { endToEndId: one.endToEndId }),
      ...(one.code === null ? {} : { status: one.code }),
    })),
  })),
});
