import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sign } from '../signature/ed25519.ts';
import { toBase64 } from './base64.ts';
import {
  cosignedAt,
  cosignNote,
  encodeNote,
  isSignedBy,
  keyIdOf,
  noteLimits,
  parseNote,
  signCheckpoint,
  signNote,
} from './index.ts';
import reference from './reference.fixture.json' with { type: 'json' };

const code = (name: string) => expect.objectContaining({ code: name });
const { notes } = reference;
const log = { name: notes.origin, publicKey: hexToBytes(notes.logKey) };
const witness = { name: notes.witness, publicKey: hexToBytes(notes.witnessKey) };
const [logSeed, witnessSeed] = [hexToBytes(notes.logSeed), hexToBytes(notes.witnessSeed)];
const cosigned = () => parseNote(utf8ToBytes(notes.cosigned));

describe('a signed note', () => {
  it('is read and verified as the reference implementations wrote it', () => {
    expect(isSignedBy(cosigned(), log)).toBe(true);
    expect(cosignedAt(cosigned(), witness)).toBe(notes.time);
    expect(keyIdOf(log, 'log')).toBe(notes.logKeyId);
    expect(keyIdOf(witness, 'witness')).toBe(notes.witnessKeyId);
  });

  it('is written as the reference implementations write it', () => {
    const { text } = cosigned();
    const signatures = [
      signNote(text, log.name, logSeed),
      cosignNote(text, witness.name, witnessSeed, notes.time),
    ];
    expect(encodeNote({ text, signatures })).toEqual(utf8ToBytes(notes.cosigned));
    const root = parseRoot(text);
    expect(signCheckpoint({ origin: log.name, size: 700, root }, logSeed).note).toEqual({
      text,
      signatures: signatures.slice(0, 1),
    });
  });

  it('of the documentation of Go holds', () => {
    const note = parseNote(
      utf8ToBytes(
        'If you think cryptography is the answer to your problem,\n' +
          "then you don't know what your problem is.\n" +
          '\n' +
          '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
      ),
    );
    const key = atob('ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const publicKey = Uint8Array.from(key, (char) => char.charCodeAt(0)).subarray(1);
    expect(isSignedBy(note, { name: 'PeterNeumann', publicKey })).toBe(true);
    expect(note.signatures[0]!.keyId).toBe(0xc74f20a3);
  });

  it('keeps empty lines of its text', () => {
    const text = 'first\n\nlast\n\n';
    const note = { text, signatures: [signNote(text, log.name, logSeed)] };
    expect(parseNote(encodeNote(note))).toEqual(note);
  });

  it('survives being written and read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[ -~äß日—]*$/u), { minLength: 1, maxLength: 4 }),
        fc.uniqueArray(
          fc.record({
            name: fc.stringMatching(/^[a-z/.ä-]{1,20}$/u),
            keyId: fc.nat(2 ** 32 - 1),
            signature: fc.uint8Array({ minLength: 1, maxLength: 80 }),
          }),
          { minLength: 1, maxLength: 16, selector: ({ name, keyId }) => `${keyId} ${name}` },
        ),
        (lines, signatures) => {
          const note = { text: `${lines.join('\n')}\n`, signatures };
          const read = parseNote(encodeNote(note));
          expect(read.text).toBe(note.text);
          expect(encodeNote(read)).toEqual(encodeNote(note));
        },
      ),
    );
  });
});

describe('a note is refused', () => {
  const line = (name: string, bytes: Uint8Array) => `— ${name} ${toBase64(bytes)}\n`;
  const valid = line('a', Uint8Array.of(1, 2, 3, 4, 5));

  it.each([
    ['without a blank line', `text\n${valid}`],
    ['without text', `\n${valid}`],
    ['without signatures', 'text\n\n'],
    ['without a newline at the end', `text\n\n${valid.slice(0, -1)}`],
    ['with a line that is no signature', `text\n\n${valid}more\n`],
    ['with a dash for an em dash', `text\n\n${valid.replace('—', '-')}`],
    ['with two spaces', `text\n\n${valid.replace(' a ', '  a ')}`],
    ['with a space at the end', `text\n\n${valid.replace('\n', ' \n')}`],
    ['with a nameless signature', `text\n\n${valid.replace('a', '')}`],
    ['with a plus in the name', `text\n\n${valid.replace('a', 'a+b')}`],
    ['with a Unicode space in the name', `text\n\n${valid.replace('a', 'a\u2003b')}`],
    ['with a short signature', `text\n\n${line('a', Uint8Array.of(1, 2, 3, 4))}`],
    ['with base64 without padding', `text\n\n${valid.replaceAll('=', '')}`],
    ['with base64 whose unused bits are set', `text\n\n${valid.replace('BQ==', 'BR==').replace('U=', 'V=')}`],
    ['with base64 of URLs', 'text\n\n— a ____-___\n'],
    ['with a control character', `te\txt\n\n${valid}`],
    ['with a carriage return', `text\r\n\n${valid}`],
    ['with two lines of one key', `text\n\n${valid}${line('a', Uint8Array.of(1, 2, 3, 4, 6))}`],
    ['with too many signatures', `text\n\n${manyLines(noteLimits.signatures + 1)}`],
    ['that is too long', `${'x'.repeat(noteLimits.bytes)}\n\n${valid}`],
  ])('%s', (_, text) => {
    expect(() => parseNote(utf8ToBytes(text))).toThrow(code('note-malformed'));
  });

  it('that is not UTF-8, or begins with what some decoders swallow', () => {
    const bytes = utf8ToBytes(`text\n\n${valid}`);
    expect(() => parseNote(concatBytes(Uint8Array.of(0xff), bytes))).toThrow(code('note-malformed'));
    expect(parseNote(concatBytes(Uint8Array.of(0xef, 0xbb, 0xbf), bytes)).text).toBe('\ufefftext\n');
  });

  it('but not for two lines of one name, or as many lines as witnesses need', () => {
    const two = `${valid}${line('a', Uint8Array.of(1, 2, 3, 5, 5))}`;
    expect(parseNote(utf8ToBytes(`text\n\n${two}`)).signatures).toHaveLength(2);
    expect(parseNote(utf8ToBytes(`text\n\n${manyLines(101)}`)).signatures).toHaveLength(101);
  });

  function manyLines(count: number): string {
    return Array.from({ length: count }, (_, at) => line(`n${at}`, new Uint8Array(68))).join('');
  }
});

describe('a signature', () => {
  it('of nobody known is no signature', () => {
    const stranger = { ...log, publicKey: witness.publicKey };
    expect(isSignedBy(cosigned(), stranger)).toBe(false);
    expect(isSignedBy(cosigned(), { ...log, name: 'other.example/log' })).toBe(false);
    expect(cosignedAt(cosigned(), { ...witness, publicKey: log.publicKey })).toBeUndefined();
    // Of a stranger who took over the id of a known key.
    const { text, signatures } = cosigned();
    const strange = signatures.map(({ keyId }) => ({
      name: 'stranger',
      keyId,
      signature: new Uint8Array(72),
    }));
    expect(isSignedBy({ text, signatures: [...strange, ...signatures] }, log)).toBe(true);
    expect(cosignedAt({ text, signatures: [...strange, ...signatures] }, witness)).toBe(notes.time);
    // The same key under the same name, as the other type.
    expect(isSignedBy(cosigned(), witness)).toBe(false);
    expect(cosignedAt(cosigned(), log)).toBeUndefined();
  });

  it('of a known key has to hold, for the text and for the time', () => {
    const { text, signatures } = cosigned();
    const other = { text: text.replace('700', '701'), signatures };
    expect(() => isSignedBy(other, log)).toThrow(code('signature-invalid'));
    expect(() => cosignedAt(other, witness)).toThrow(code('signature-invalid'));
    const changed = (change: (signature: Uint8Array) => Uint8Array) => ({
      text,
      signatures: signatures.map((line) => ({ ...line, signature: change(line.signature) })),
    });
    const later = changed((signature) => signature.map((byte, at) => (at === 7 ? byte ^ 1 : byte)));
    expect(() => cosignedAt(later, witness)).toThrow(code('signature-invalid'));
    for (const length of [0, 1, 63, 71]) {
      const short = changed((signature) => signature.slice(0, Math.min(length, signature.length - 1)));
      expect(() => isSignedBy(short, log)).toThrow(code('signature-invalid'));
      expect(() => cosignedAt(short, witness)).toThrow(code('signature-invalid'));
    }
    const long = changed((signature) => concatBytes(signature, Uint8Array.of(0)));
    expect(() => isSignedBy(long, log)).toThrow(code('signature-invalid'));
    expect(() => cosignedAt(long, witness)).toThrow(code('signature-invalid'));
  });

  it('of a witness ends with the times that numbers can say', () => {
    const { text, signatures } = cosigned();
    const dated = (time: bigint) => {
      const stamp = new Uint8Array(8);
      new DataView(stamp.buffer).setBigUint64(0, time);
      const signature = sign(witnessSeed, utf8ToBytes(`cosignature/v1\ntime ${time}\n${text}`));
      return { text, signatures: [{ ...signatures[1]!, signature: concatBytes(stamp, signature) }] };
    };
    expect(cosignedAt(dated(2n ** 53n - 1n), witness)).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => cosignedAt(dated(2n ** 53n), witness)).toThrow(code('signature-invalid'));
  });

  it('is not made with a bad name, key or time', () => {
    expect(() => signNote('text\n', 'two words', logSeed)).toThrow(code('key-invalid'));
    expect(() => keyIdOf({ name: '', publicKey: log.publicKey }, 'log')).toThrow(code('key-invalid'));
    expect(() => keyIdOf({ name: 'a', publicKey: new Uint8Array(31) }, 'log')).toThrow(code('key-invalid'));
    for (const time of [-1, 0.5, 2 ** 53]) {
      expect(() => cosignNote('text\n', 'a', logSeed, time)).toThrow(code('size-invalid'));
    }
  });
});

function parseRoot(text: string): Uint8Array {
  return Uint8Array.from(atob(text.split('\n')[2]!), (char) => char.charCodeAt(0));
}
