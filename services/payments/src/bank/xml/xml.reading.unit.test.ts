import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readXml, xmlLimits } from './xml.reading.ts';
import { writeXml } from './xml.writing.ts';
import { amountOf } from './xml.query.ts';

const codeOf = (text: string) => {
  try {
    readXml(text);
    return 'read';
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  }
};
const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);

describe('a file of a bank', () => {
  it.each([
    [
      'an external entity',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
      'bank-file-hostile',
    ],
    [
      'entities that grow',
      '<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;">]><a>&m;</a>',
      'bank-file-hostile',
    ],
    ['an empty document type', '<!DOCTYPE a><a/>', 'bank-file-hostile'],
    ['a document type in another case', '<!doctype a><a/>', 'bank-file-hostile'],
    ['a document type after the root', '<a/><!DOCTYPE a>', 'bank-file-hostile'],
    ['an entity that nobody declared', '<a>&x;</a>', 'bank-file-malformed'],
    ['a processing instruction', '<?xml-stylesheet href="http://evil.example"?><a/>', 'bank-file-hostile'],
    ['another encoding', '<?xml version="1.0" encoding="UTF-7"?><a/>', 'bank-file-hostile'],
    ['another encoding still', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>', 'bank-file-hostile'],
    ['another version of XML', '<?xml version="1.1"?><a/>', 'bank-file-hostile'],
    ['too much depth', nested(xmlLimits.depth + 1), 'bank-file-too-large'],
    ['too many elements', `<a>${'<b/>'.repeat(xmlLimits.elements)}</a>`, 'bank-file-too-large'],
    ['too many characters', `<a>${' '.repeat(xmlLimits.characters)}</a>`, 'bank-file-too-large'],
    ['too long a text', `<a>${'x'.repeat(xmlLimits.textLength + 1)}</a>`, 'bank-file-too-large'],
    ['a long text in parts', `<a>${'x<!-- -->'.repeat(xmlLimits.textLength + 1)}</a>`, 'bank-file-too-large'],
    [
      'too many attributes',
      `<a ${'bcdefghij'
        .split('')
        .map((n) => `${n}="1"`)
        .join(' ')}/>`,
      'bank-file-too-large',
    ],
    ['an unclosed element', '<a><b></a>', 'bank-file-malformed'],
    ['an attribute twice', '<a b="1" b="2"/>', 'bank-file-malformed'],
    ['a prefix that nobody bound', '<x:a/>', 'bank-file-malformed'],
    ['two roots', '<a/><a/>', 'bank-file-malformed'],
    ['a control character', '<a>\u0001</a>', 'bank-file-malformed'],
    ['a reference to one', '<a>&#1;</a>', 'bank-file-malformed'],
    ['nothing', '', 'bank-file-malformed'],
    ['spaces', '  \n', 'bank-file-malformed'],
    ['JSON', '{"a":1}', 'bank-file-malformed'],
    ['half a file', '<a><b>1</b>', 'bank-file-malformed'],
  ])('is refused with %s', (_, text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it('is read in one pass, whatever it repeats', () => {
    const spaces = `<a>${' '.repeat(1_000)}${'<!-- --> '.repeat(300_000)}</a>`;
    expect(codeOf(spaces)).toBe('read');
  });

  it('is read with what XML itself allows', () => {
    const text =
      '\uFEFF<?xml version="1.0" encoding="utf-8"?><a xmlns="urn:a" b="1">x &amp; <![CDATA[<y>]]><c xmlns="urn:c"/></a>';
    expect(readXml(text.slice(1))).toEqual({
      name: 'a',
      namespace: 'urn:a',
      attributes: { b: '1' },
      children: [{ name: 'c', namespace: 'urn:c', attributes: {}, children: [], text: '' }],
      text: 'x & <y>',
    });
  });

  it('is read as it was written', () => {
    const sign = fc.constantFrom(...'aZ0 &<>"\'äй.'.split(''));
    const words = fc.array(sign, { minLength: 1, maxLength: 20 }).map((signs) => signs.join('').trim());
    fc.assert(
      fc.property(words, (word) => {
        expect(readXml(writeXml('urn:x', ['a', [['b', word], null]])).children[0]!.text).toBe(word);
      }),
    );
  });
});

describe('an amount', () => {
  const amount = (text: string, currency = 'EUR') =>
    amountOf({ name: 'Amt', namespace: '', attributes: { Ccy: currency }, children: [], text }).amount;

  it('is exact, as a decimal of XML may be written', () => {
    expect(['12.5', '12.50', '12.50000', '+12.5', '012.50'].map((text) => amount(text))).toEqual(
      Array(5).fill(1250),
    );
    expect([amount('.5'), amount('5.'), amount('5', 'JPY'), amount('0.00')]).toEqual([50, 500, 5, 0]);
  });
  it.each(['', 'NaN', 'INF', '-1.00', '1,00', '1e3', '0x10', '1.001', '1 000', '.', '99999999999999999999'])(
    'is not %s',
    (text) => {
      expect(() => amount(text)).toThrow(expect.objectContaining({ code: 'bank-file-invalid' }));
    },
  );
  it('has a currency', () => {
    expect(() => amount('1', 'XXX_')).toThrow(expect.objectContaining({ code: 'bank-file-invalid' }));
    expect(() => amount('1', '')).toThrow(expect.objectContaining({ code: 'bank-file-invalid' }));
  });
});
