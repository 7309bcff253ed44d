import type { Role } from '@talkoot/api-contracts';
import type { IdentityApi } from '@talkoot/api-contracts/identity';
import { decodeCursor, DomainError, pageFrom } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import { z } from 'zod';
import type { Identity } from '../identity.ts';
import type { ListedNotice, Reader } from './notice.store.ts';

type Routes = Pick<Handlers<IdentityApi>, 'listNotices' | 'markNoticeRead' | 'notify'>;

const Cursor = z.tuple([z.int(), z.string()]);

export function noticeRoutes({ notices }: Identity): Routes {
  const readerOf = (call: {
    params: { municipalityId: string };
    person: { id: string };
    rolesHere: readonly Role[];
  }): Reader => ({
    municipalityId: call.params.municipalityId,
    personId: call.person.id,
    roles: call.rolesHere,
  });
  return {
    async listNotices(call) {
      const { after, limit, unread } = call.query;
      const page = { after: decodeCursor(after, Cursor), limit: limit + 1, unread: unread === 'true' };
      const rows = await notices.list(readerOf(call), page);
      const found = pageFrom(rows, limit, (row) => [row.at.getTime(), row._id]);
      return { body: { items: found.items.map(shown), next: found.next } };
    },

    async markNoticeRead(call) {
      if (!(await notices.markRead(call.params.noticeId, readerOf(call)))) throw new DomainError('not-found');
      return {};
    },

    async notify(call) {
      const { noticeId } = call.params;
      const { to, ...notice } = call.body;
      const role = 'role' in to ? to.role : null;
      const personId = 'personId' in to ? to.personId : null;
      await notices.leave({ noticeId, ...notice, role, personId });
      return { body: { noticeId } };
    },
  };
}

function shown({ _id, template, subject, wait, dueAt, at, read }: ListedNotice) {
  return {
    noticeId: _id,
    template: template as 'reminder',
    subject,
    wait,
    dueAt,
    at: at.toISOString(),
    read,
  };
}
