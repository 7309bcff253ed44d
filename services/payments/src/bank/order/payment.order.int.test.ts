import { AddressShape } from '@talkoot/api-contracts/payments';
import { OrderRefused, readOrder } from '@talkoot/bank-simulator';
import { requireValid } from '@talkoot/bank-simulator/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controlSum, messageIdOf, paymentOrderXml } from './payment.order.ts';
import type { PaymentOrder } from './payment.order.ts';
import { requireWritable, writableText } from './sepa.text.ts';

const order: PaymentOrder = {
  messageId: messageIdOf('bat-abcdefghij234567abcd'),
  madeAt: new Date('2027-05-26T10:00:00.500Z'),
  currency: 'EUR',
  debtor: { name: 'Lintulan kaupunki', iban: 'FI2112345600000785', bic: null },
  transfers: [
    {
      endToEndId: 'TABCDEFGHIJ234567ABCD-1',
      amount: 1_250,
      creditor: { name: 'Aino Härkönen', iban: 'DE89370400440532013000' },
      remittance: 'Talkoot TABCDEFGHIJ234567ABCD-1',
    },
  ],
};
const [transfer] = order.transfers as [PaymentOrder['transfers'][number]];

describe('a payment file', () => {
  it('is valid, booked payment by payment, and its own bytes each time', () => {
    const xml = paymentOrderXml(order);
    requireValid('pain.001.001.09', xml);
    expect(xml).toContain('<BtchBookg>false</BtchBookg>');
    expect(xml).toContain('<CtrlSum>12.50</CtrlSum>');
    expect(xml).toContain('<CreDtTm>2027-05-26T10:00:00Z</CreDtTm>');
    expect(xml).toContain('<Nm>Aino Harkonen</Nm>');
    expect(paymentOrderXml({ ...order })).toBe(xml);
  });
  it('has a structured address or none', () => {
    const address = {
      street: 'Puistokatu',
      building: '4 B',
      postcode: '00100',
      town: 'Lintula',
      country: 'FI',
    };
    const creditor = { ...transfer.creditor, address };
    const xml = paymentOrderXml({ ...order, transfers: [{ ...transfer, creditor }] });
    requireValid('pain.001.001.09', xml);
    expect(xml).toContain(
      '<StrtNm>Puistokatu</StrtNm><BldgNb>4 B</BldgNb><PstCd>00100</PstCd><TwnNm>Lintula</TwnNm>',
    );
    expect(xml).not.toContain('AdrLine');
    expect(paymentOrderXml(order)).not.toContain('PstlAdr');
  });
  it('names the bank of the debtor where it is known', () => {
    const xml = paymentOrderXml({ ...order, debtor: { ...order.debtor, bic: 'OKOYFIHH' } });
    requireValid('pain.001.001.09', xml);
    expect(xml).toContain('<FinInstnId><BICFI>OKOYFIHH</BICFI></FinInstnId>');
  });
  it('is of SEPA credit transfers in euros, and of plain ones in other currencies', () => {
    expect(paymentOrderXml(order)).toContain('<SvcLvl><Cd>SEPA</Cd></SvcLvl>');
    const foreign = paymentOrderXml({ ...order, currency: 'PLN' });
    requireValid('pain.001.001.09', foreign);
    expect(foreign).not.toContain('SEPA');
    expect(foreign).toContain('<InstdAmt Ccy="PLN">12.50</InstdAmt>');
  });
  it.each([0, -1, 100_000_000_000])('pays no %d cents', (amount) => {
    expect(() => paymentOrderXml({ ...order, transfers: [{ ...transfer, amount }] })).toThrow(RangeError);
  });

  const transfers = fc.array(
    fc.record({
      amount: fc.integer({ min: 1, max: 99_999_999_999 }),
      name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }).map((text) => `A${text}`),
    }),
    { minLength: 1, maxLength: 30 },
  );
  it('is valid and adds up for a bank that reads it, whatever names and amounts', () => {
    fc.assert(
      fc.property(transfers, (given) => {
        const made = {
          ...order,
          transfers: given.map(({ amount, name }, n) => ({
            ...transfer,
            endToEndId: `T${n}`,
            amount,
            creditor: { ...transfer.creditor, name },
          })),
        };
        const xml = paymentOrderXml(made);
        requireValid('pain.001.001.09', xml);
        const read = readOrder(xml);
        expect(read.transfers.map(({ amount }) => amount)).toEqual(given.map(({ amount }) => amount));
        expect(read.transfers.reduce((sum, { amount }) => sum + amount, 0)).toBe(controlSum(made).amount);
      }),
      { numRuns: 60 },
    );
  });
  it('has no part of an address of which nothing is left at its length', () => {
    const postcode = `${'\u2026'.repeat(15)}1`;
    const address = { street: 'Puistokatu', postcode, town: 'Lintula', country: 'FI' };
    const written = (of: typeof address) =>
      paymentOrderXml({
        ...order,
        transfers: [{ ...transfer, creditor: { ...transfer.creditor, address: of } }],
      });
    expect(AddressShape.parse(address)).toEqual(address);
    expect(() => requireWritable({ name: 'Aino', address })).not.toThrow();
    const xml = written(address);
    requireValid('pain.001.001.09', xml);
    expect(xml).toContain('<StrtNm>Puistokatu</StrtNm><TwnNm>Lintula</TwnNm>');
    expect(written({ ...address, town: '\u6771\u4eac' })).not.toContain('PstlAdr');
  });
  it('can be made for whatever account was taken in', () => {
    const wild = fc.constantFrom('\u2026', '\u6771', '\u00c6', '/', '1', 'a', ' ', '\u017d');
    const text = (max: number) =>
      fc
        .oneof(
          fc.array(wild, { minLength: 1, maxLength: max }).map((signs) => signs.join('')),
          fc.string(),
        )
        .filter((one) => one.length > 0 && one.length <= max);
    const given = fc.record({
      name: text(70),
      address: fc.record(
        {
          street: text(70),
          building: text(16),
          postcode: text(16),
          town: text(35),
          country: fc.constant('FI'),
        },
        { requiredKeys: ['town', 'country'] },
      ),
    });
    const isTaken = (creditor: Parameters<typeof requireWritable>[0]) => {
      try {
        requireWritable(creditor);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(given.filter(isTaken), (creditor) => {
        const transfers = [{ ...transfer, creditor: { ...transfer.creditor, ...creditor } }];
        const xml = paymentOrderXml({ ...order, transfers });
        requireValid('pain.001.001.09', xml);
        expect(xml).toContain('<TwnNm>');
        expect(xml).not.toMatch(
          /<(?:Nm|StrtNm|BldgNb|PstCd|TwnNm)>\/|\/<\/(?:Nm|StrtNm|BldgNb|PstCd|TwnNm)>/,
        );
      }),
      { numRuns: 60 },
    );
  });
  it('is refused by the bank when somebody changed an amount', () => {
    const changed = paymentOrderXml(order).replace('">12.50<', '">12.51<');
    expect(() => readOrder(changed)).toThrow(OrderRefused);
  });
});

describe('a name on a payment', () => {
  it.each([
    ['Åsa Öhman', 'Asa Ohman'],
    ['Søren Þór Æbelø', 'Soren THor AEbelo'],
    ['Łukasz Groß', 'Lukasz Gross'],
    ['O’Neill & Sons', 'O.Neill . Sons'],
    ['  Two   spaces\n', 'Two spaces'],
    ['//Slash//y/', 'Slash/y'],
    [`${'a'.repeat(69)}/b`, 'a'.repeat(69)],
  ])('%s is written %s', (name, written) => {
    expect(writableText(name)).toBe(written);
  });
  it('of which nothing can be written is refused', () => {
    expect(() => writableText('Алёна')).toThrow(expect.objectContaining({ code: 'text-unwritable' }));
  });
});
