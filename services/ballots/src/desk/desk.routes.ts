import type { BallotsApi, Desk } from '@talkoot/api-contracts/ballots';
import { issuerNames } from '@talkoot/api-contracts/identity';
import { decodeCursor, DomainError, once, pageFrom } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import { z } from 'zod';
import type { Ballots } from '../ballots.ts';
import { desksOf, hear, issuedAt, mayBegin, shownDesk, untouched } from './desk.ts';
import type { BegunDesk, Statement } from './desk.ts';

type Routes = Pick<Handlers<BallotsApi>, 'stateDeskTotal' | 'listDesks' | 'recordDesks'>;

export function deskRoutes({ connection, polls, gates, desks }: Ballots): Routes {
  /** @throws DomainError `poll-not-open`, `totals-over` */
  async function requireUnsettled(pollId: string, session: ClientSession): Promise<void> {
    const gate = await gates.stateOf(pollId, session);
    if (gate === null) throw new DomainError('poll-not-open');
    if (gate === 'settled') throw new DomainError('totals-over');
  }

  /** @throws DomainError `too-many-desks` */
  async function begin(
    pollId: string,
    one: BegunDesk,
    issued: ReturnType<typeof issuedAt>,
    session: ClientSession,
  ): Promise<void> {
    if (!mayBegin(await desks.begunIn(pollId, session), one, issued)) throw new DomainError('too-many-desks');
    await desks.begin(pollId, one, session);
  }

  async function stated(
    pollId: string,
    desk: string,
    statement: Statement,
    session: ClientSession,
  ): Promise<{ readonly differs: boolean; readonly shown: Desk }> {
    await requireUnsettled(pollId, session);
    const known = await desks.find(pollId, desk, session);
    const issued = issuedAt(await desks.issuedBy(pollId, session));
    const { total, differs } = hear(known ?? untouched(desk), statement, issued && (issued.get(desk) ?? 0));
    if (!known) await begin(pollId, { desk, by: statement.by }, issued, session);
    await desks.put(pollId, total, session);
    return { differs, shown: shownDesk(total, issued) };
  }

  return {
    async stateDeskTotal(call) {
      const { municipalityId, pollId, desk } = call.params;
      await polls.get(pollId, municipalityId);
      const statement = { by: call.person.id, entered: call.body.entered };
      const { differs, shown } = await once(connection, call, (session) =>
        stated(pollId, desk, statement, session),
      );
      // After the transaction: that neither number holds has to be on record.
      if (differs) throw new DomainError('totals-differ');
      return { body: shown };
    },

    async listDesks(call) {
      const { municipalityId, pollId } = call.params;
      const { after, limit } = call.query;
      await polls.get(pollId, municipalityId);
      const last = decodeCursor(after, z.string()) ?? '';
      const issued = issuedAt(await desks.issuedBy(pollId));
      const rows = desksOf(await desks.all(pollId), issued).filter(({ desk }) => desk > last);
      return { body: pageFrom(rows.slice(0, limit + 1), limit, ({ desk }) => desk) };
    },

    async recordDesks(call) {
      const { pollId } = call.params;
      const { issuers } = call.body;
      if (issuers.map(({ name }) => name).join() !== issuerNames.join())
        throw new DomainError('issuers-differ');
      await polls.get(pollId);
      await desks.setIssued(pollId, issuers);
      return { body: { pollId } };
    },
  };
}
