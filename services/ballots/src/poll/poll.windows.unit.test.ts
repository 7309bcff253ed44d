import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requireDueWithin, requireWindow } from './poll.windows.ts';

const windows = {
  opens: '2026-05-01T09:00:00Z',
  certificatesClose: '2026-05-14T18:00:00Z',
  castingCloses: '2026-05-14T18:30:00Z',
  complaintsClose: '2026-05-17T18:30:00Z',
};
const acts = [
  ['open', 'opens', 'opening'],
  ['close', 'certificatesClose', 'voting'],
  ['end-casting', 'castingCloses', 'casting'],
  ['end-complaints', 'complaintsClose', 'complaints'],
] as const;
const distance = fc.integer({ min: 0, max: 10 ** 10 });

describe('the windows of a manifest', () => {
  it.each(acts)('let nobody %s before %s, and everybody from that moment on', (act, moment, wait) => {
    const at = (offset: number) => new Date(Date.parse(windows[moment]) + offset);
    fc.assert(
      fc.property(distance, (later) => {
        requireWindow(windows, act, at(later));
        requireDueWithin(windows, wait, at(later).toISOString());
        expect(() => requireWindow(windows, act, at(-1 - later))).toThrow(/windows-bind/);
        expect(() => requireDueWithin(windows, wait, at(-1 - later).toISOString())).toThrow(/windows-bind/);
        requireWindow(null, act, at(-1 - later));
        requireDueWithin(null, wait, at(-1 - later).toISOString());
      }),
    );
  });

  it('leave the end of appeals to the calendar', () => {
    expect(() => requireWindow(windows, 'end-appeals', new Date('2036-01-01'))).toThrow(/windows-bind/);
    requireWindow(null, 'end-appeals', new Date('2026-01-01'));
  });

  it('say nothing of other waits', () => {
    requireDueWithin(windows, 'publication', '2026-01-01T00:00:00Z');
    requireDueWithin(windows, null, '2026-01-01T00:00:00Z');
  });
});
