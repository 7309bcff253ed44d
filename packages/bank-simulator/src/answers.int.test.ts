import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerOrder } from './answers.ts';
import { notificationXml } from './notification.xml.ts';
import { decimalText, OrderRefused, readOrder } from './order.ts';
import { requireValid } from './schema.fixture.ts';
import { statusReportXml, statusVersions } from './status.xml.ts';

const at = new Date('2027-05-26T10:00:00.000Z');
const iban = 'FI2112345600000785';

/** A payment file as some program writes it. */
function orderXml(
  amounts: readonly number[],
  { count = amounts.length, sum = amounts.reduce((a, b) => a + b, 0) } = {},
) {
  const sums = `<NbOfTxs>${count}</NbOfTxs><CtrlSum>${decimalText(sum)}</CtrlSum>`;
  const account = `<Id><IBAN>${iban}</IBAN></Id>`;
  const transfers = amounts.map(
    (amount, n) =>
      `<CdtTrfTxInf><PmtId><EndToEndId>T${n}</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">${decimalText(amount)}</InstdAmt></Amt>` +
      `<Cdtr><Nm>Payee ${n}</Nm></Cdtr><CdtrAcct>${account}</CdtrAcct></CdtTrfTxInf>`,
  );
  return (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn>' +
    `<GrpHdr><MsgId>M1</MsgId><CreDtTm>2027-05-26T09:00:00Z</CreDtTm>${sums}<InitgPty><Nm>Lintula</Nm></InitgPty></GrpHdr>` +
    `<PmtInf><PmtInfId>P1</PmtInfId><PmtMtd>TRF</PmtMtd>${sums}<ReqdExctnDt><Dt>2027-05-26</Dt></ReqdExctnDt>` +
    `<Dbtr><Nm>Lintula</Nm></Dbtr><DbtrAcct>${account}<Ccy>EUR</Ccy></DbtrAcct>` +
    `<DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt>${transfers.join('')}</PmtInf>` +
    '</CstmrCdtTrfInitn></Document>'
  );
}

describe('the bank', () => {
  it('reads what a valid payment file orders', () => {
    const xml = orderXml([1_000, 5, 123_456]);
    requireValid('pain.001.001.09', xml);
    const order = readOrder(xml);
    expect(order).toMatchObject({ messageId: 'M1', informationId: 'P1', debtorIban: iban, currency: 'EUR' });
    expect(order.transfers.map(({ endToEndId, amount }) => [endToEndId, amount])).toEqual([
      ['T0', 1_000],
      ['T1', 5],
      ['T2', 123_456],
    ]);
  });

  it.each([
    ['count', orderXml([100, 200], { count: 3 })],
    ['control sum', orderXml([100, 200], { sum: 301 })],
  ])('refuses a file whose %s does not add up', (_, xml) => {
    expect(() => answerOrder(xml, 'smooth', at)).toThrow(OrderRefused);
  });

  it.each(['smooth', 'troubled'] as const)(
    'answers with valid messages (%s), however many payments',
    (course) => {
      for (let payments = 1; payments <= 8; payments += 1) {
        const amounts = Array.from({ length: payments }, (_, n) => 100 + n);
        const { statusReport, notifications } = answerOrder(orderXml(amounts), course, at);
        requireValid('pain.002.001.14', statusReport);
        for (const one of notifications) requireValid('camt.054.001.08', one);
      }
    },
  );

  it('makes one of each trouble out of five payments', () => {
    const { statusReport, notifications } = answerOrder(orderXml([1, 2, 3, 4, 5]), 'troubled', at);
    expect(statusReport.match(/<TxSts>RJCT/g)).toHaveLength(1);
    const [first, second] = notifications as [string, string];
    // The second payment, the fifth, and the third and fourth in one.
    expect(first.match(/<Ntry>/g)).toHaveLength(3);
    expect(first).toContain('<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch></NtryDtls>');
    expect(second.match(/<AcctSvcrRef>DT1</g)).toHaveLength(2);
    expect(second.match(/<RtrInf>/g)).toHaveLength(1);
  });
});

describe('what the bank can say', () => {
  const code = fc.constantFrom('RJCT', 'PART', 'ACSC', 'ACSP', 'PDNG', 'ACTC');
  const transferCode = fc.constantFrom('RJCT', 'ACSC', 'ACSP', 'PDNG', 'ACTC');
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

  it('is a valid status report of each version', () => {
    const transfer = fc.record({
      endToEndId: fc.constant('T1'),
      status: maybe(transferCode),
      reason: maybe(fc.constant('AC04')),
    });
    const information = fc.record({ status: maybe(code), transfers: fc.array(transfer, { maxLength: 3 }) });
    fc.assert(
      fc.property(maybe(code), fc.array(information, { maxLength: 3 }), (status, blocks) => {
        const informations = blocks.map((one, n) =>
          strip({ ...one, informationId: `P${n}`, transfers: one.transfers.map(strip) }),
        );
        const report = strip({ messageId: 'S1', at, originalMessageId: 'M1', status, informations });
        for (const version of statusVersions)
          requireValid(version, statusReportXml(report as never, version));
      }),
      { numRuns: 50 },
    );
  });

  it('is a valid notification', () => {
    const part = fc.record({
      reference: maybe(fc.constant('R1')),
      endToEndId: maybe(fc.constant('T1')),
      amount: maybe(fc.nat(100_000)),
      returned: maybe(fc.constant('AC04')),
    });
    const entry = fc.record({
      reference: maybe(fc.constant('R1')),
      amount: fc.nat(100_000),
      currency: fc.constantFrom('EUR', 'SEK'),
      direction: fc.constantFrom('CRDT', 'DBIT'),
      status: fc.constantFrom('BOOK', 'PDNG', 'INFO'),
      reversal: maybe(fc.boolean()),
      batched: maybe(fc.nat(9)),
      parts: fc.array(part, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), (entries) => {
        const clean = entries.map((one) => strip({ ...one, parts: one.parts.map(strip) }));
        requireValid(
          'camt.054.001.08',
          notificationXml({ messageId: 'N1', at, iban, entries: clean as never }),
        );
      }),
      { numRuns: 50 },
    );
  });
});

/** Without what is undefined. */
const strip = (value: object) =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
