import { DomainError, inTransaction, once } from '@talkoot/http-service';
import { money } from '@talkoot/money';
import { telling } from '../../batch/batch.alarm.ts';
import { requireBatch } from '../../batch/batch.routes.ts';
import type { Payments, Routes } from '../../context.ts';
import { makeBankFile } from './order.making.ts';
import type { BankFileDocument } from './order.store.ts';

export function bankFileRoutes(
  payments: Payments,
): Routes<'makeBankFile' | 'getBankFile' | 'downloadBankFile'> {
  const { connection, bankFiles, bankContents } = payments;
  return {
    async makeBankFile(call) {
      const making = once(connection, call, async (session) => {
        const batch = await requireBatch(payments, call.params, session);
        return (await makeBankFile(payments, session, batch, call.person.id))._id;
      });
      const made = await telling(call.log, call.params.batchId, making);
      return { body: await viewOf(payments, call.params.municipalityId, made) };
    },
    async getBankFile({ params }) {
      return { body: await viewOf(payments, params.municipalityId, params.batchId) };
    },
    async downloadBankFile({ params, person }) {
      const { municipalityId, batchId } = params;
      const text = await inTransaction(connection, async (session) => {
        const file = await bankFiles.find(municipalityId, batchId, session);
        if (!file) throw new DomainError('not-found');
        const content = await bankContents.open(municipalityId, batchId, payments.now(), session);
        if (content === null) throw new DomainError('bank-file-expired');
        const download = { municipalityId, contentId: batchId, personId: person.id, at: payments.now() };
        await bankContents.recordDownload(session, download);
        return content;
      });
      return { body: text };
    },
  };
}

async function viewOf({ bankFiles, bankContents }: Payments, municipalityId: string, batchId: string) {
  const file = await bankFiles.find(municipalityId, batchId);
  if (!file) throw new DomainError('not-found');
  const downloads = await bankContents.downloadsOf(municipalityId, batchId);
  return {
    ...fileView(file),
    downloads: downloads.map(({ personId, at }) => ({ by: personId, at: at.toISOString() })),
  };
}

function fileView(file: BankFileDocument) {
  const { _id, messageId, sha256, bytes, payments, total, currency, debtorAccountId, madeBy } = file;
  return {
    batchId: _id,
    messageId,
    sha256,
    bytes,
    payments,
    controlSum: money(total, currency),
    debtorAccountId,
    madeBy,
    madeAt: file.madeAt.toISOString(),
    expiresAt: file.expiresAt.toISOString(),
  };
}
