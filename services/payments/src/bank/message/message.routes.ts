import { decodeCursor, DomainError, inTransaction, once, pageFrom } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import { z } from 'zod';
import type { Payments, Routes } from '../../context.ts';
import { raiseAlarms } from '../../settlement/settlement.routes.ts';
import { suspenseView } from '../../settlement/suspense.view.ts';
import { sha256OfText } from '../order/order.making.ts';
import { confirmDismissal, proposeDismissal } from './message.dismissal.ts';
import { importMessage } from './message.import.ts';
import type { Imported } from './message.import.ts';
import type { BankMessageDocument } from './message.store.ts';
import { readMessage } from './message.ts';

type MessageRoutes = Routes<
  'importBankMessage' | 'listBankMessages' | 'proposeDismissal' | 'confirmDismissal' | 'downloadBankMessage'
>;

export function bankMessageRoutes(payments: Payments): MessageRoutes {
  const { connection, bankMessages, bankContents } = payments;
  return {
    async importBankMessage(call) {
      const { municipalityId } = call.params;
      const text = call.body;
      // Read before anything is begun: what is hostile or broken leaves no trace.
      const given = {
        municipalityId,
        personId: call.person.id,
        message: readMessage(text),
        text,
        sha256: sha256OfText(text),
      };
      const body = await once(connection, call, async (session) =>
        importedView(await importMessage(payments, session, given)),
      );
      raiseAlarms(call.log, body.suspense);
      if (body.message.state === 'quarantined')
        call.log.warn({ messageFileId: body.message.messageFileId, code: body.message.code }, 'quarantined');
      return { body };
    },
    async listBankMessages({ params, query }) {
      const after = decodeCursor(query.after, z.string());
      const filter = { municipalityId: params.municipalityId, state: query.state };
      const rows = await bankMessages.list(filter, after, query.limit + 1);
      const page = pageFrom(rows, query.limit, ({ _id }) => _id);
      return { body: { items: page.items.map(messageView), next: page.next } };
    },
    async proposeDismissal(call) {
      const { municipalityId } = call.params;
      const reason = await storeText(
        connection,
        call,
        municipalityId,
        'bank-message-dismissed',
        call.body.reason,
      );
      const proposal = { ...call.params, reason, personId: call.person.id };
      return {
        body: await once(connection, call, async (session) =>
          messageView(await proposeDismissal(payments, session, proposal)),
        ),
      };
    },
    async confirmDismissal(call) {
      const confirmation = { ...call.params, ...call.body, personId: call.person.id };
      return {
        body: await once(connection, call, async (session) =>
          messageView(await confirmDismissal(payments, session, confirmation)),
        ),
      };
    },
    async downloadBankMessage({ params, person }) {
      const { municipalityId, messageFileId } = params;
      const text = await inTransaction(connection, async (session) => {
        const found = await bankMessages.find(municipalityId, messageFileId, session);
        if (!found) throw new DomainError('not-found');
        const content = await bankContents.open(municipalityId, messageFileId, payments.now(), session);
        if (content === null) throw new DomainError('bank-file-expired');
        const download = {
          municipalityId,
          contentId: messageFileId,
          personId: person.id,
          at: payments.now(),
        };
        await bankContents.recordDownload(session, download);
        return content;
      });
      return { body: text };
    },
  };
}

const importedView = ({ fresh, message, suspense }: Imported) => ({
  fresh,
  message: messageView(message),
  suspense: suspense.map(suspenseView),
});

function messageView({ _id, kind: _, municipalityId: __, at, dismissal, ...message }: BankMessageDocument) {
  return {
    messageFileId: _id,
    ...message,
    dismissal: dismissal && { ...dismissal, at: dismissal.at.toISOString() },
    at: at.toISOString(),
  };
}
