import { mostDesks } from '@talkoot/api-contracts/identity';

/** A desk at which certificates of a poll are issued. */
export interface Desk {
  readonly desk: string;
  /** The clerk who issued there first. */
  readonly by: string;
}

/** Whether a clerk may issue at one more desk of a poll: nobody invents so many that the poll cannot be closed. */
export function mayBegin(desks: readonly Desk[], clerkId: string): boolean {
  const own = desks.filter(({ by }) => by === clerkId);
  return desks.length < mostDesks.ofPoll && own.length < mostDesks.ofOnePerson;
}
