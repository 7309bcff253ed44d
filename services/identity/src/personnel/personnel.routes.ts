import type { IdentityApi } from '@talkoot/api-contracts/identity';
import { decodeCursor, DomainError, idFrom, inTransaction, pageFrom } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import { randomUUID } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import { z } from 'zod';
import type { Identity } from '../identity.ts';
import { requireChange, withConfirmation, withProposal } from './personnel.ts';
import type { Personnel, PersonnelChange } from './personnel.ts';

type Routes = Pick<
  Handlers<IdentityApi>,
  | 'proposePersonnelNumber'
  | 'confirmPersonnelNumber'
  | 'refusePersonnelNumber'
  | 'listPersonnelNumbers'
  | 'listPersonnelActs'
  | 'findPersonnelNumbers'
>;

/** Personnel numbers stay here: other services ask for them when they write a file. */
export function personnelRoutes(identity: Identity): Routes {
  return { ...changing(identity), ...reading(identity) };
}

type Changing = 'proposePersonnelNumber' | 'confirmPersonnelNumber' | 'refusePersonnelNumber';

function changing(identity: Identity): Pick<Routes, Changing> {
  const { connection, people, personnel, now } = identity;
  const within = (work: (session: ClientSession) => Promise<Personnel>) => inTransaction(connection, work);
  return {
    async proposePersonnelNumber({ params, body: { personnelNumber }, person: { id: by } }) {
      if (!(await people.exists(params.personId))) throw new DomainError('unknown-person');
      const changeId = idFrom(randomUUID(), 'num');
      const after = await within(async (session) => {
        const changed = await personnel.change(session, params, (before) => {
          const proposed = withProposal(before, { changeId, personnelNumber, by, at: now() });
          const replaced = before.change && proposed.change !== before.change ? before.change : null;
          const acts = [
            ...(replaced ? [actOf('replaced', replaced, by)] : []),
            ...(proposed.change?.changeId === changeId ? [actOf('proposed', proposed.change, by)] : []),
          ];
          return { after: proposed, acts };
        });
        if (changed.change?.changeId === changeId) await tell(identity, session, changed);
        return changed;
      });
      return { body: view(after) };
    },
    async confirmPersonnelNumber({ params, body: { changeId }, person: { id: by } }) {
      const after = await within((session) =>
        personnel.change(session, params, (before) => {
          const change = requireChange(before, changeId, now());
          const confirmed = withConfirmation(before, changeId, by, now());
          return { after: confirmed, acts: confirmed === before ? [] : [actOf('confirmed', change, by)] };
        }),
      );
      return { body: view(after) };
    },
    async refusePersonnelNumber({ params, body: { changeId }, person: { id: by } }) {
      const after = await within((session) =>
        personnel.change(session, params, (before) => {
          const change = requireChange(before, changeId, now());
          return { after: { ...before, change: null }, acts: [actOf('refused', change, by)] };
        }),
      );
      return { body: view(after) };
    },
  };
}

const actOf = <A extends string>(act: A, { changeId, personnelNumber }: PersonnelChange, by: string) => ({
  act,
  changeId,
  personnelNumber,
  by,
});

/** The person hears of it, and both offices that keep numbers, without the number: it is read where it waits. */
async function tell(
  { notices }: Identity,
  session: ClientSession,
  { municipalityId, personId, change }: Personnel,
) {
  const { changeId } = change!;
  const notice = {
    municipalityId,
    template: 'decision',
    subject: { kind: 'personnel', id: changeId },
    wait: 'personnel-number',
    dueAt: null,
  };
  const noticeId = `personnel-${changeId}`;
  await notices.leave({ ...notice, noticeId, role: null, personId }, session);
  for (const role of ['hr', 'payroll'] as const) {
    await notices.leave({ ...notice, noticeId: `${noticeId}-${role}`, role, personId: null }, session);
  }
}

type Reading = 'listPersonnelNumbers' | 'listPersonnelActs' | 'findPersonnelNumbers';

function reading({ personnel }: Identity): Pick<Routes, Reading> {
  return {
    async listPersonnelNumbers({ params, query: { after, limit, awaiting } }) {
      const from = decodeCursor(after, z.string());
      const filter = { municipalityId: params.municipalityId, awaiting: awaiting !== undefined };
      const page = pageFrom(await personnel.list(filter, from, limit + 1), limit, (row) => row.personId);
      return { body: { items: page.items.map(view), next: page.next } };
    },
    async listPersonnelActs({ params, query: { after, limit } }) {
      const from = decodeCursor(after, z.string());
      const rows = await personnel.actsOf(params.municipalityId, params.personId, from, limit + 1);
      const page = pageFrom(rows, limit, ({ _id }) => _id);
      const items = page.items.map(({ act, changeId, personnelNumber, by, at }) => ({
        act,
        changeId,
        personnelNumber,
        by,
        at: at.toISOString(),
      }));
      return { body: { items, next: page.next } };
    },
    async findPersonnelNumbers({ params, body }) {
      return { body: { items: await personnel.findMany(params.municipalityId, body.personIds) } };
    },
  };
}

function view({ personId, personnelNumber, change }: Personnel) {
  return {
    personId,
    personnelNumber,
    change: change && {
      ...change,
      proposedAt: change.proposedAt.toISOString(),
      coolsOffAt: change.coolsOffAt.toISOString(),
      confirmedAt: change.confirmedAt?.toISOString() ?? null,
    },
  };
}
