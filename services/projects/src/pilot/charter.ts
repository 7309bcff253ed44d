import type { Charter } from '@talkoot/api-contracts/projects';
import { UNCLAIMED } from '@talkoot/charter-calendar';
import { DomainError, sha256Of } from '@talkoot/http-service';
import type { Offence } from '@talkoot/http-service';
import { recordRuleProblems } from '@talkoot/impact';
import { calendarNames } from '@talkoot/workflow-contracts';
import { allocationOffences, ballotOffences, pollTimeOffences, protocolOffences } from './charter.poll.ts';
import { isContestTime } from '../record/contest.ts';
import { compareFractions, fraction, isFraction, parseFraction, plus } from '../number/fraction.ts';
import type { Fraction } from '../number/fraction.ts';

const NONE = fraction(0n, 1n);
const WHOLE = fraction(1n, 1n);

/** The hash under which a charter is sponsored, permitted and amended. */
export const charterHash = (charter: Charter): string => sha256Of(charter);

/**
 * Refuses a charter by which a pilot could not run.
 * @throws DomainError `charter-bounds`, `charter-shares`, `charter-ballot`, `charter-allocation`, `charter-poll`, `charter-performance`,
 * `charter-calendar`, `charter-zone`, `charter-currency`
 */
export function requireSoundCharter(charter: Charter): void {
  refuse('charter-bounds', outOfBounds(charter));
  refuse('charter-shares', wrongShares(charter));
  refuse('charter-ballot', ballotOffences(charter));
  refuse('charter-allocation', allocationOffences(charter));
  refuse('charter-poll', protocolOffences(charter));
  refuse('charter-performance', recordOffences(charter));
  refuse('charter-calendar', [...unknownWaits(charter), ...pollTimeOffences(charter)]);
  if (!isZone(charter.timeZone)) throw new DomainError('charter-zone');
  if (charter.projectCap.currency !== charter.currency) throw new DomainError('charter-currency');
}

function refuse(code: string, offences: readonly Offence[]): void {
  if (offences.length > 0) throw new DomainError(code, undefined, offences);
}

function wrongShares({ funds }: Charter): Offence[] {
  const sum = [funds.round, funds.bonus, funds.outcome].map(parseFraction).reduce(plus, NONE);
  if (compareFractions(sum, WHOLE) === 0) return [];
  return [{ at: 'body.charter.funds', message: 'round, bonus and outcome add up to 1' }];
}

function recordOffences({ performance }: Charter): Offence[] {
  const at = 'body.charter.performance';
  const numbers = performance.criteria.flatMap(({ weight, full }) => [weight, full]);
  if (!numbers.every(isFraction)) return [{ at, message: 'a fraction divides by zero' }];
  return recordRuleProblems(performance).map((message) => ({ at, message }));
}

function unknownWaits({ calendar }: Charter): Offence[] {
  return Object.keys(calendar)
    .filter((name) => ![...calendarNames, 'default', UNCLAIMED].includes(name) && !isContestTime(name))
    .map((name) => ({ at: `body.charter.calendar.${name}`, message: 'no such wait' }));
}

function outOfBounds(charter: Charter): Offence[] {
  const { funds, bonus, criteria, ballot, impact } = charter;
  const shares: Record<string, string> = {
    'funds.round': funds.round,
    'funds.bonus': funds.bonus,
    'funds.outcome': funds.outcome,
    threshold: charter.threshold,
    'criteria.quorum': criteria.quorum,
    'bonus.poolShare': bonus.poolShare,
    'bonus.cap': bonus.cap,
    'bonus.quorum': bonus.quorum,
    'bonus.employerContributions': bonus.employerContributions ?? '0',
  };
  const offences = Object.entries(shares)
    .filter(([, share]) => !isShare(share))
    .map(([name]) => ({ at: `body.charter.${name}`, message: 'is a share between 0 and 1' }));
  if (charter.projectCap.amount <= 0) {
    offences.push({ at: 'body.charter.projectCap', message: 'is more than nothing' });
  }
  if (ballot.minChoices > ballot.maxChoices) {
    offences.push({ at: 'body.charter.ballot', message: 'minChoices is not above maxChoices' });
  }
  const zeroOrMore = {
    'bonus.scoreThreshold': bonus.scoreThreshold,
    'impact.sideEffectsMost': impact.sideEffectsMost,
  };
  offences.push(...offencesIn(zeroOrMore, (value) => compareFractions(value, NONE) >= 0, 'is not negative'));
  // A bonus could not be decided by others.
  const aboveZero = { 'bonus.slope': bonus.slope, 'bonus.cap': bonus.cap };
  offences.push(...offencesIn(aboveZero, (value) => compareFractions(value, NONE) > 0, 'is above zero'));
  if (!isFraction(impact.failureValue)) {
    offences.push({ at: 'body.charter.impact.failureValue', message: 'divides by zero' });
  }
  // A list of districts travels comma-separated.
  if (charter.electorate.districts.some((district) => district.includes(','))) {
    offences.push({ at: 'body.charter.electorate.districts', message: 'a district has no comma' });
  }
  return offences;
}

function offencesIn(
  named: Readonly<Record<string, string>>,
  holds: (value: Fraction) => boolean,
  message: string,
): Offence[] {
  return Object.entries(named)
    .filter(([, text]) => !isFraction(text) || !holds(parseFraction(text)))
    .map(([name]) => ({ at: `body.charter.${name}`, message }));
}

function isShare(text: string): boolean {
  if (!isFraction(text)) return false;
  const share = parseFraction(text);
  return compareFractions(share, NONE) >= 0 && compareFractions(share, WHOLE) <= 0;
}

function isZone(zone: string): boolean {
  try {
    return /^[A-Za-z]/.test(zone) && Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '';
  } catch {
    return false;
  }
}

/** An amendment may not touch what permission, rolls and the work of civil servants already rest on. */
export function requireAmendable(inForce: Charter, proposed: Charter): void {
  const rests = (charter: Charter) =>
    sha256Of(charter.currency, charter.funds, charter.electorate, charter.performance);
  if (rests(inForce) !== rests(proposed)) throw new DomainError('amendment-untouchable');
}
