import { clockToleranceMs } from '@talkoot/api-contracts/ballots';
import type { PollWindows } from '@talkoot/api-contracts/ballots';
import { DomainError } from '@talkoot/http-service';

/** Acts that end a phase, and the moment of the manifest before which nobody may; null: the calendar alone does. */
const endings = {
  open: 'opens',
  close: 'certificatesClose',
  'end-casting': 'castingCloses',
  'end-complaints': 'complaintsClose',
  'end-appeals': null,
} as const satisfies Record<string, keyof PollWindows | null>;
export type EndingAct = keyof typeof endings;

/** The waits of the workflow that end at a moment of the manifest. */
const waits: Readonly<Record<string, keyof PollWindows>> = {
  opening: 'opens',
  voting: 'certificatesClose',
  casting: 'castingCloses',
  complaints: 'complaintsClose',
};

/**
 * Refuses to end a phase before the manifest says so. Without windows authorised acts end all phases.
 * @throws DomainError `windows-bind`
 */
export function requireWindow(windows: PollWindows | null, act: EndingAct, now: Date): void {
  if (windows === null) return;
  const moment = endings[act];
  if (moment === null) throw new DomainError('windows-bind', 'The calendar of the charter ends it');
  refuseBefore(windows, moment, now);
}

/**
 * Refuses to make a running wait due before the manifest says that it ends.
 * @throws DomainError `windows-bind`
 */
export function requireDueWithin(windows: PollWindows | null, wait: string | null, due: string): void {
  const moment = waits[wait ?? ''];
  if (windows !== null && moment !== undefined) refuseBefore(windows, moment, new Date(due));
}

/**
 * Refuses what the worker does before the manifest lets anybody do it, clocks being a little apart.
 * @throws DomainError `windows-bind`
 */
export function requireMoment(windows: PollWindows | null, moment: keyof PollWindows, now: Date): void {
  if (windows !== null) refuseBefore(windows, moment, new Date(now.getTime() + clockToleranceMs));
}

function refuseBefore(windows: PollWindows, moment: keyof PollWindows, at: Date): void {
  if (at.getTime() < Date.parse(windows[moment])) throw new DomainError('windows-bind', windows[moment]);
}
