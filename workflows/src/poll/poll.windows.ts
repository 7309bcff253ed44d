import type { PollWindows } from '@talkoot/api-contracts/ballots';
import type { StateOf } from '@talkoot/workflow-contracts';
import type { WaitTiming } from '../lifecycle/decisions.ts';

/** Timers and two issuers take some seconds; only what is later than this began late. */
const PUNCTUAL_MS = 60_000;

/**
 * A window of the manifest as the wait that begins at `now`: it ends at the instant which the manifest says. Where it began late, by an
 * outage or because two people gave the wait before more time, it ends as much later, so that nobody's time gets shorter.
 */
export const windowFrom =
  (begins: keyof PollWindows | null, ends: keyof PollWindows) =>
  ({ facts: { windows } }: StateOf<'poll'>, now: string): WaitTiming => {
    if (!windows) return {};
    const late = begins === null ? 0 : Date.parse(now) - Date.parse(windows[begins]);
    const end = Date.parse(windows[ends]) + (late > PUNCTUAL_MS ? late : 0);
    return { due: new Date(end).toISOString() };
  };
