import { terminalPhases } from '@talkoot/workflow-contracts';

/** Where a poll stands, as services answer it. */
interface Standing {
  readonly awaiting: string | null;
  readonly dueAt: string | null;
  /** Name of the wait, where it is told. */
  readonly wait?: string | null;
  readonly overdue?: boolean;
  readonly suspended?: boolean;
}

/** Who is awaited until when. Where it is nobody, a poll has ended or the services are at work. */
export function awaitedInWords(pollId: string, phase: string, standing: Standing): string {
  const { awaiting, dueAt, wait, overdue = false, suspended = false } = standing;
  if (awaiting !== null && awaiting !== 'system') {
    const until = dueAt === null ? '' : `, until ${instantInWords(dueAt)}`;
    const end = suspended ? ', SUSPENDED: its time stands still' : `${until}${overdue ? ', OVERDUE' : ''}`;
    return `Awaited: ${awaiting}${wait ? ` (${wait})` : ''}${end}`;
  }
  if ((terminalPhases.poll as readonly string[]).includes(phase))
    return 'Awaited: nobody; the poll has ended';
  return `Awaited: the system, for some seconds; if it stays so, the operator asks talkoot lifecycle show ${pollId}`;
}

/** In UTC, to the second. */
export const instantInWords = (instant: string): string =>
  `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
