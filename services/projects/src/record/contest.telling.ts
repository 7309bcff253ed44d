import type { CallInput } from '@talkoot/api-contracts';
import type { IdentityApi } from '@talkoot/api-contracts/identity';
import type { Parts } from '../parts.ts';
import type { ContestToTell } from './contest.store.ts';

type Notice = CallInput<IdentityApi['routes']['notify']>;
type Telling = Pick<Parts, 'stores' | 'neighbours' | 'now'>;

/** Contests that are told of in one go; the rest is told in the next one. */
const MOST = 100;
const WAIT = 'record.contest-decision';

const notice = (
  { _id, municipalityId }: ContestToTell,
  name: string,
  of: Pick<Notice['body'], 'to' | 'template' | 'wait' | 'dueAt'>,
): Notice => ({
  params: { noticeId: `${_id}-${name}` },
  body: { municipalityId, subject: { kind: 'record-contest', id: _id }, ...of },
});

/**
 * Tells the appeal body that a contest awaits it, or the person that theirs is decided. Notices name the contest by its id: whose it is and
 * what was written is read there, by whoever may.
 */
export async function tellOfContest({ stores, neighbours }: Telling, contest: ContestToTell): Promise<void> {
  const { _id, untold, personId, dueAt } = contest;
  if (untold === null) return;
  await neighbours.identity.notify(
    untold === 'opened'
      ? notice(contest, untold, { to: { role: 'appeal-body' }, template: 'decision', wait: WAIT, dueAt })
      : notice(contest, untold, { to: { personId }, template: 'decision', wait: null, dueAt: null }),
  );
  await stores.contests.told(_id, untold);
}

/** Tells the appeal body, and hr above it, that the time for a decision is over. */
async function tellOfLateness({ stores, neighbours }: Telling, contest: ContestToTell): Promise<void> {
  const { _id, dueAt } = contest;
  const about = { wait: WAIT, dueAt };
  const late = notice(contest, 'overdue', { to: { role: 'appeal-body' }, template: 'overdue', ...about });
  const above = notice(contest, 'escalated', { to: { role: 'hr' }, template: 'escalation', ...about });
  await neighbours.identity.notify(late);
  await neighbours.identity.notify(above);
  await stores.contests.toldLate(_id);
}

/**
 * Tells whoever was not told when they should have been, and of what is late.
 * @throws AggregateError when some could not be told: the next time it is tried again
 */
export async function tellOfContests(parts: Telling): Promise<void> {
  const { contests } = parts.stores;
  const late = await contests.late(parts.now().toISOString(), MOST);
  const untold = await contests.untold(MOST);
  const failures: unknown[] = [];
  const keep = (error: unknown) => failures.push(error);
  for (const one of untold) await tellOfContest(parts, one).catch(keep);
  for (const one of late) await tellOfLateness(parts, one).catch(keep);
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} notices are left for later`);
}
