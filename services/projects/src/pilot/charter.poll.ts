import { AllocationError, requireDecidable } from '@talkoot/allocation';
import type { Charter } from '@talkoot/api-contracts/projects';
import { trusteeProblems } from '@talkoot/ballot-protocol';
import type { Offence } from '@talkoot/http-service';
import { waits } from '@talkoot/workflow-contracts';

/** Why no ballot could be filled in. */
export function ballotOffences({ ballot }: Charter): Offence[] {
  const at = 'body.charter.ballot.points';
  const { type, points, minChoices } = ballot;
  if ((type === 'points') !== (points !== undefined)) {
    return [{ at, message: 'is said of ballots of type points, and of no others' }];
  }
  if (points === undefined || points >= minChoices) return [];
  return [{ at, message: 'is at least one point for each of minChoices' }];
}

/** Why money might never be allocated, whatever people vote. */
export function allocationOffences({ allocation, projectCap }: Charter): Offence[] {
  try {
    requireDecidable({ budget: 0, projects: [{ cost: projectCap.amount }] }, allocation);
    return [];
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error;
    return [
      { at: 'body.charter.allocation.increment', message: 'is at least a ten-millionth of projectCap' },
    ];
  }
}

const trusteeMessages: Readonly<Record<string, string>> = {
  'threshold-invalid': 'is not above the number of trustees',
  'organisation-too-strong': 'fewer than threshold belong to any one organisation',
  'key-invalid': 'is no public key',
  'duplicate-name': 'have different names',
  'duplicate-key': 'have different keys',
};

/** Why these trustees could make no key, or these minima protect nobody. */
export function protocolOffences({ poll }: Charter): Offence[] {
  const offences = trusteeProblems(poll).map(({ code, at }) => ({
    at: `body.charter.poll.${at}`,
    message: trusteeMessages[code] ?? code,
  }));
  if (poll.minima.counted <= poll.minima.roll) return offences;
  return [...offences, { at: 'body.charter.poll.minima', message: 'counted is not above roll' }];
}

const DAY = 86_400;
/** Waits for a poll to be decided. */
const forPolls = ['round.voting', 'project.allocation', 'project.criteria-vote', 'project.bonus-vote'];
const LEAST_COMPLAINTS = 3 * DAY;

/** Where deadlines end the phases: why a poll would be over at once, or given up before it is decided. */
export function pollTimeOffences({ endsBy, calendar }: Charter): Offence[] {
  if (endsBy === 'act') return [];
  const lengthOf = (wait: string) => secondsOf((calendar[wait] ?? calendar.default).duration);
  const together = Object.keys(waits.poll).reduce((sum, wait) => sum + lengthOf(`poll.${wait}`), 0);
  const needed = together + Math.max(0, LEAST_COMPLAINTS - lengthOf('poll.complaints'));
  const offence = (wait: string, message: string) => ({ at: `body.charter.calendar.${wait}`, message });
  return [
    ...(lengthOf('poll.voting') > 0 ? [] : [offence('poll.voting', 'is more than nothing')]),
    ...forPolls
      .filter((wait) => lengthOf(wait) < needed)
      .map((wait) => offence(wait, 'is at least as long as all waits of a poll together')),
  ];
}

const dateUnits = { Y: 365 * DAY, M: 30 * DAY, W: 7 * DAY, D: DAY };
const timeUnits = { H: 3600, M: 60, S: 1 };

/** Nominal length of an ISO 8601 duration: months of 30 days, years of 365. */
function secondsOf(duration: string): number {
  const [date = '', time = ''] = duration.slice(1).split('T');
  return inUnits(date, dateUnits) + inUnits(time, timeUnits);
}

function inUnits(part: string, units: Readonly<Record<string, number>>): number {
  const counts = [...part.matchAll(/(\d+)([A-Z])/g)];
  return counts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit!] ?? 0), 0);
}
