import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overfull, withdrawalFlaw } from './withdrawal.ts';

describe('what a feed may deliver of a collection', () => {
  it('is refused from the first reading above the most on, for that collection alone', () => {
    const names = fc.constantFrom('baseline', 'c1', 'c2');
    fc.assert(
      fc.property(
        fc.dictionary(names, fc.nat(30)),
        fc.array(names, { maxLength: 40 }),
        fc.nat(40),
        (delivered, fresh, most) => {
          const known = new Map(Object.entries(delivered));
          const found = new Set(overfull(known, fresh, most));
          for (const name of ['baseline', 'c1', 'c2']) {
            const added = fresh.filter((one) => one === name).length;
            expect(found.has(name)).toBe(added > 0 && (known.get(name) ?? 0) + added > most);
          }
        },
      ),
    );
  });
});

describe('readings are withdrawn', () => {
  const sentAt = '2026-11-27T10:00:00.000Z';
  const reopened = {
    ...{ assessmentId: 'asm-1', sha256: '', number: 1, signedAt: '' },
    ...{ upheld: 'appeal' as const, decision: { id: 'txt-1', sha256: '' } },
  };
  it.each([
    ['before an assessment is signed', null, null, {}, null],
    ['not while one is being signed', null, null, { 'asm-1': sentAt }, 'being-signed'],
    ['not after it was signed', 'asm-1', null, {}, 'already-assessed'],
    ['while it is made again', 'asm-1', reopened, {}, null],
    ['not while it is being signed again', 'asm-1', reopened, { 'asm-2': sentAt }, 'being-signed'],
  ])('%s', (_, assessmentId, again, signing, flaw) => {
    expect(withdrawalFlaw({ assessmentId, reopened: again, signing }, new Date(sentAt))).toBe(flaw);
  });
});
