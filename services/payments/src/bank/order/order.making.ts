import { DomainError } from '@talkoot/http-service';
import { createHash } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import { accountsOf, instructedLines } from '../../batch/batch.instruction.ts';
import type { BatchDocument } from '../../batch/batch.store.ts';
import type { Payments } from '../../context.ts';
import type { DebtorAccountDocument } from '../account/account.store.ts';
import { controlSum, messageIdOf, paymentOrderXml, requireTransfers } from './payment.order.ts';
import type { PaymentOrder, Transfer } from './payment.order.ts';
import type { BankFileDocument } from './order.store.ts';

const day = 24 * 60 * 60_000;

/**
 * Makes the payment file of an instructed batch, once. Made again after it expired it has the same bytes: the same message
 * id, so that the bank refuses it if it has it already.
 */
export async function makeBankFile(
  payments: Payments,
  session: ClientSession,
  batch: BatchDocument,
  personId: string,
): Promise<BankFileDocument> {
  const known = await payments.bankFiles.find(batch.municipalityId, batch._id, session);
  return known ? makeAgain(payments, session, batch, known) : makeFirst(payments, session, batch, personId);
}

async function makeFirst(
  payments: Payments,
  session: ClientSession,
  batch: BatchDocument,
  personId: string,
): Promise<BankFileDocument> {
  const { municipalityId, currency } = batch;
  const transfers = await transfersOf(payments, session, batch);
  requireTransfers(transfers);
  const account = await payments.debtorAccounts.inForce(municipalityId, currency, session);
  if (!account) throw new DomainError('debtor-account-missing', `In ${currency}`);
  const madeAt = payments.now();
  const order = orderOf(batch, account, transfers, madeAt);
  const text = paymentOrderXml(order);
  const file: BankFileDocument = {
    _id: batch._id,
    municipalityId,
    messageId: order.messageId,
    sha256: sha256OfText(text),
    bytes: Buffer.byteLength(text),
    payments: transfers.length,
    total: controlSum(order).amount,
    currency,
    debtorAccountId: account._id,
    madeBy: personId,
    madeAt,
    expiresAt: expiryOf(payments),
  };
  await payments.bankFiles.insert(session, file);
  await keep(payments, session, file, text);
  return file;
}

async function makeAgain(
  payments: Payments,
  session: ClientSession,
  batch: BatchDocument,
  file: BankFileDocument,
): Promise<BankFileDocument> {
  const { municipalityId, _id } = file;
  if (await payments.bankContents.open(municipalityId, _id, payments.now(), session)) return file;
  const account = await payments.debtorAccounts.find(municipalityId, file.debtorAccountId, session);
  const transfers = await transfersOf(payments, session, batch);
  const text = paymentOrderXml(orderOf(batch, account!, transfers, file.madeAt));
  if (sha256OfText(text) !== file.sha256) throw new DomainError('bank-file-changed');
  const again = { ...file, expiresAt: expiryOf(payments) };
  await payments.bankFiles.extend(session, _id, again.expiresAt);
  await keep(payments, session, again, text);
  return again;
}

async function transfersOf(
  payments: Payments,
  session: ClientSession,
  batch: BatchDocument,
): Promise<Transfer[]> {
  const lines = await instructedLines(payments, session, batch);
  const banked = lines.filter(({ attempt }) => attempt.destination.method === 'bank');
  const accounts = await accountsOf(payments, session, batch, banked);
  return banked.map(({ attempt }, at) => {
    const creditor = accounts[at];
    // Erased since: it was paid, and is not paid again.
    if (!creditor) throw new DomainError('bank-file-changed', `The account of ${attempt.endToEndId} is gone`);
    const { endToEndId, amount } = attempt;
    return { endToEndId, amount, creditor, remittance: `Talkoot ${endToEndId}` };
  });
}

function orderOf(
  batch: BatchDocument,
  { name, iban, bic }: DebtorAccountDocument,
  transfers: readonly Transfer[],
  madeAt: Date,
): PaymentOrder {
  return {
    messageId: messageIdOf(batch._id),
    madeAt,
    currency: batch.currency,
    debtor: { name, iban, bic },
    transfers,
  };
}

const keep = (payments: Payments, session: ClientSession, file: BankFileDocument, text: string) =>
  payments.bankContents.put(session, {
    municipalityId: file.municipalityId,
    contentId: file._id,
    text,
    expiresAt: file.expiresAt,
  });

const expiryOf = ({ now, bankFileDays }: Payments) => new Date(now().getTime() + bankFileDays * day);
export const sha256OfText = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');
