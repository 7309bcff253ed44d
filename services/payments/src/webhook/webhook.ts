import type { WebhookDisabledReason } from '@talkoot/api-contracts/payments';

const [second, minute, hour] = [1_000, 60_000, 3_600_000];

/** How events are sent. All times in milliseconds. */
export interface WebhookPolicy {
  /** Waiting times before the second, third, … attempt; after the last one a delivery has failed. */
  readonly schedule: readonly number[];
  /** From the look-up of the address to the end of the answer. */
  readonly deadlineMs: number;
  /** Attempts under way at one endpoint that accepts what it gets. */
  readonly perEndpoint: number;
  /** Attempts under way in all; endpoints that fail share half of them, one each. */
  readonly total: number;
  /** Longest rest of a failing endpoint between two attempts at it. */
  readonly longestRestMs: number;
  /** How often the outbox and what is due are looked at. */
  readonly pollMs: number;
  /** How long attempts under way may go on when the process stops. */
  readonly graceMs: number;
}

/** The schedule that the Standard Webhooks specification gives as its example: ten attempts in 75.6 hours. */
export const standardPolicy: WebhookPolicy = {
  schedule: [
    5 * second,
    5 * minute,
    30 * minute,
    2 * hour,
    5 * hour,
    10 * hour,
    14 * hour,
    20 * hour,
    24 * hour,
  ],
  deadlineMs: 15 * second,
  perEndpoint: 4,
  total: 64,
  longestRestMs: 5 * minute,
  pollMs: second,
  graceMs: 5 * second,
};

/** What came of one attempt: an answer, or a code that says why there was none. */
export type Outcome =
  | { readonly status: number; readonly retryAfterMs: number | null }
  | { readonly error: string };

/** What is known when an attempt ends. */
export interface AttemptFacts {
  /** Counting this one. */
  readonly attempts: number;
  readonly firstAttemptAt: Date;
  /** Failures of the endpoint since it last accepted anything, counting this one. */
  readonly failures: number;
  /** Since when the endpoint has accepted nothing. */
  readonly failingSince: Date;
}

export type Verdict =
  | { readonly kind: 'delivered' }
  /** Try again after `afterMs`, and leave the endpoint alone for `restMs`. */
  | { readonly kind: 'again'; readonly afterMs: number; readonly restMs: number }
  /** The endpoint accepts others, but not this one: it is given up, and the next of its obligation goes. */
  | { readonly kind: 'given-up' }
  | { readonly kind: 'disable'; readonly reason: Exclude<WebhookDisabledReason, 'by-hand'> };

export const accepted = (outcome: Outcome): boolean =>
  'status' in outcome && outcome.status >= 200 && outcome.status < 300;

/** Decides what follows from an attempt. @param random in [0, 1): delays grow by up to a fifth, so that retries spread */
export function verdictOn(
  outcome: Outcome,
  facts: AttemptFacts,
  policy: WebhookPolicy,
  random: number,
): Verdict {
  if (accepted(outcome)) return { kind: 'delivered' };
  if ('status' in outcome && outcome.status === 410) return { kind: 'disable', reason: 'gone' };
  const wait = policy.schedule[facts.attempts - 1];
  if (wait === undefined) {
    const acceptedNothingSince = facts.failingSince <= facts.firstAttemptAt;
    return acceptedNothingSince ? { kind: 'disable', reason: 'failing' } : { kind: 'given-up' };
  }
  const longest = policy.schedule.at(-1) ?? 0;
  const asked = 'status' in outcome ? Math.min(outcome.retryAfterMs ?? 0, longest) : 0;
  const jitter = 1 + random / 5;
  return {
    kind: 'again',
    afterMs: Math.max(wait * jitter, asked),
    restMs: Math.max(restAfter(facts.failures, policy) * jitter, asked),
  };
}

/** Two failures may be the fault of what was sent; from the third on the endpoint rests, twice as long each time. */
function restAfter(failures: number, { schedule, longestRestMs }: WebhookPolicy): number {
  if (failures < 3) return 0;
  return Math.min((schedule[0] ?? 0) * 2 ** Math.min(failures - 3, 30), longestRestMs);
}

/** Milliseconds that a `Retry-After` asks for, in seconds or as a date; null when it cannot be read. */
export function retryAfterMs(header: string | undefined, now: Date): number | null {
  if (header === undefined || header.length > 100) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * second;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(at - now.getTime(), 0);
}

/** An endpoint as the sharing of attempts sees it. */
export interface Claimant {
  readonly id: string;
  readonly failing: boolean;
  /** Attempts under way. */
  readonly running: number;
  /** Deliveries that could be tried now. */
  readonly due: number;
}

/**
 * How many attempts may begin at each endpoint now. One that fails gets one at a time, and all that fail together at most
 * half of all attempts: however many hang, the others have the other half.
 */
export function shareAttempts(
  claimants: readonly Claimant[],
  { perEndpoint, total }: WebhookPolicy,
): Map<string, number> {
  const shares = new Map<string, number>();
  const failing = claimants.filter((one) => one.failing);
  const sound = claimants.filter((one) => !one.failing);
  let free = total - runningAt(claimants);
  for (let round = 1; round <= perEndpoint; round += 1) {
    for (const { id, running, due } of sound) {
      const share = shares.get(id) ?? 0;
      if (free <= 0 || share >= due || running + share >= round) continue;
      shares.set(id, share + 1);
      free -= 1;
    }
  }
  free = Math.min(free, Math.floor(total / 2) - runningAt(failing));
  const idle = failing.filter(({ running, due }) => running === 0 && due > 0);
  for (const { id } of idle.slice(0, Math.max(free, 0))) shares.set(id, 1);
  return shares;
}

const runningAt = (claimants: readonly Claimant[]): number =>
  claimants.reduce((sum, { running }) => sum + running, 0);
