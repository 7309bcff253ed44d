import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appeal, decide, hide, report } from './comment.ts';
import type { CommentDocument } from './comment.ts';

const fresh = {
  author: 'per-author',
  state: 'visible',
  reports: [],
  hidden: null,
  appeal: null,
  decision: null,
} as unknown as CommentDocument;
const act = (by: string) => ({ by, reason: { id: 'txt-1', sha256: '' }, at: '' });
const moves = {
  report: (one: CommentDocument, by: string) => report(one, act(by)),
  hide: (one: CommentDocument, by: string) => hide(one, act(by)),
  appeal: (one: CommentDocument, by: string) => appeal(one, act(by)),
  uphold: (one: CommentDocument, by: string) => decide(one, true, act(by)),
  dismiss: (one: CommentDocument, by: string) => decide(one, false, act(by)),
};

describe('moderation', () => {
  it('hides once, hears one appeal and ends, whoever tries what in whatever order', () => {
    const tried = fc.array(
      fc.tuple(
        fc.constantFrom(...(Object.keys(moves) as (keyof typeof moves)[])),
        fc.constantFrom('per-author', 'per-m', 'per-b'),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(tried, (acts) => {
        let comment = fresh;
        const done: string[] = [];
        for (const [name, by] of acts) {
          try {
            comment = { ...comment, ...moves[name](comment, by) };
            done.push(name);
          } catch {
            // Refused: nothing changed.
          }
        }
        expect(done.filter((name) => name === 'hide').length).toBeLessThanOrEqual(1);
        expect(done.filter((name) => name === 'appeal').length).toBeLessThanOrEqual(1);
        expect(comment.state === 'visible').toBe(
          comment.hidden === null || comment.decision?.upheld === true,
        );
      }),
    );
  });
});
