import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isReconsidered } from './bonus.ts';
import type { BonusInputs } from './bonus.store.ts';

const hash = (of: string) => of.repeat(64);
const assessment = fc.record({
  assessmentId: fc.constantFrom('asm-1', 'asm-2'),
  sha256: fc.constantFrom(hash('a'), hash('b')),
  appeal: fc.option(fc.record({ id: fc.constant('txt-1'), sha256: fc.constant(hash('e')) })),
});
const small = fc.integer({ min: 0, max: 2 });
const votes = fc.record({
  pollId: fc.constantFrom('pol-1', 'pol-2'),
  counted: fc.boolean(),
  roll: small,
  ballots: small,
  shares: fc.array(fc.record({ percent: small, ballots: fc.constant(1) }), { maxLength: 2 }),
});
const outcome = fc.record({ assessment, score: fc.constantFrom('1/2', '3/4'), payable: fc.boolean() });

describe('a decided bonus', () => {
  const first: BonusInputs['assessment'] = { assessmentId: 'asm-1', sha256: hash('a'), appeal: null };

  it('is never decided again without an upheld appeal, nor on the assessment that it rests on', () => {
    fc.assert(
      fc.property(votes, outcome, (vote, now) => {
        const before = { ...vote, score: '1/2', payable: true, assessment: first };
        const again = isReconsidered(before, { ...vote, ...now });
        expect(again).toBe(now.assessment.appeal !== null && now.assessment.assessmentId !== 'asm-1');
      }),
    );
  });

  it('is never decided again on another vote', () => {
    const appeal = { id: 'txt-1', sha256: hash('e') };
    const corrected = { assessmentId: 'asm-2', sha256: hash('b'), appeal };
    fc.assert(
      fc.property(votes, votes, (vote, other) => {
        const now = { ...other, score: '1', payable: true, assessment: corrected };
        const before = { ...vote, score: '1/2', payable: true, assessment: first };
        expect(isReconsidered(before, now)).toBe(JSON.stringify(vote) === JSON.stringify(other));
      }),
    );
  });
});
