import { randomBytes } from 'node:crypto';
import { readsMoney } from '@talkoot/api-contracts/payments';
import { DomainError, inTransaction, once } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import { money } from '@talkoot/money';
import type { Money } from '@talkoot/money';
import type { ClientSession } from 'mongoose';
import type { TextRef } from '@talkoot/api-contracts';
import type { FundName } from '@talkoot/api-contracts/payments';
import type { Payments, Routes } from '../context.ts';
import { bookOf } from './commitment.ts';
import { yearClosedEvent } from './fund.events.ts';
import { fundOrder } from './fund.ts';
import type { FundsDocument } from './fund.store.ts';
import { carriedByFund, closingOf, closingPostings, linesOf, openLines, yearEndHash } from './year-end.ts';
import type { Closing, YearEndLine } from './year-end.ts';
import { yearEndId } from './year-end.store.ts';
import type { YearEndDocument } from './year-end.store.ts';

type Of = { readonly municipalityId: string; readonly pilotId: string; readonly fiscalYear: number };

export function yearEndRoutes(
  payments: Payments,
): Routes<'previewYearEnd' | 'proposeYearEnd' | 'confirmYearEnd' | 'getYearEnd'> {
  const { connection, yearEnds } = payments;
  return {
    async previewYearEnd({ params, rolesHere }) {
      const body = await inTransaction(connection, async (session) => {
        const funds = await openFundsOf(payments, params, session);
        const frame = frameOf(funds, await closingNow(payments, session, funds));
        return closingView(frame, readsMoney(rolesHere));
      });
      return { body };
    },
    async proposeYearEnd(call) {
      const { params, body, person } = call;
      await openFundsOf(payments, params);
      const { municipalityId } = params;
      const reason = await storeText(connection, call, municipalityId, 'year-end-proposed', body.reason);
      const proposed = once(connection, call, async (session) => {
        const funds = await openFundsOf(payments, params, session);
        const document = await proposal(payments, session, {
          funds,
          allotment: amountsOf(body.allotment, funds.currency),
          reason,
          personId: person.id,
        });
        await yearEnds.propose(session, document);
        return yearEndView(document, true);
      });
      return { body: await proposed };
    },
    async confirmYearEnd(call) {
      const { params, body, person } = call;
      const confirmed = once(connection, call, (session) =>
        confirm(payments, session, { of: params, sha256: body.sha256, personId: person.id }),
      );
      return { body: await confirmed };
    },
    async getYearEnd({ params, rolesHere }) {
      const found = await yearEnds.find(params.pilotId, params.fiscalYear);
      if (found?.municipalityId !== params.municipalityId) throw new DomainError('not-found');
      return { body: yearEndView(found, readsMoney(rolesHere)) };
    },
  };
}

/** @throws DomainError `not-found`, `fiscal-year-closed`, `fiscal-year-not-open` */
async function openFundsOf(payments: Payments, of: Of, session?: ClientSession): Promise<FundsDocument> {
  const funds = await payments.funds.findFunds(of.pilotId, session);
  if (funds?.municipalityId !== of.municipalityId) throw new DomainError('not-found');
  if (of.fiscalYear < funds.fiscalYear) throw new DomainError('fiscal-year-closed');
  if (of.fiscalYear > funds.fiscalYear) throw new DomainError('fiscal-year-not-open');
  return funds;
}

/** @throws DomainError `amount-invalid` unless every amount is zero or more in the currency of the pilot. */
function amountsOf(allotment: Readonly<Record<FundName, Money>>, currency: string): Record<FundName, number> {
  const amounts = fundOrder.map((fund) => allotment[fund]);
  if (amounts.some((one) => one.amount < 0 || one.currency !== currency))
    throw new DomainError('amount-invalid');
  const [round, bonus, outcome] = amounts.map(({ amount }) => amount) as [number, number, number];
  return { round, bonus, outcome };
}

interface Proposal {
  readonly funds: FundsDocument;
  readonly allotment: Record<FundName, number>;
  readonly reason: TextRef;
  readonly personId: string;
}

async function proposal(
  payments: Payments,
  session: ClientSession,
  { funds, allotment, reason, personId }: Proposal,
): Promise<YearEndDocument> {
  const closing = await closingNow(payments, session, funds);
  const frame = frameOf(funds, closing);
  const salt = randomBytes(16).toString('hex');
  const signed = { allotment, reasonSha256: reason.sha256, salt };
  return {
    ...frame,
    _id: yearEndId(frame.pilotId, frame.fiscalYear),
    municipalityId: funds.municipalityId,
    state: 'proposed',
    allotment,
    reason,
    salt,
    sha256: yearEndHash(bookOfFunds(funds), frame.into, closing, signed),
    proposedBy: personId,
    proposedAt: payments.now(),
    confirmedBy: null,
    confirmedAt: null,
  };
}

/** What becomes of the money of the open year, in lines that people read. */
const frameOf = ({ _id: pilotId, fiscalYear, currency }: FundsDocument, closing: Closing) => ({
  pilotId,
  fiscalYear,
  into: fiscalYear + 1,
  currency,
  lapses: linesOf(closing.lapsed),
  carriesOver: linesOf(closing['carried-over']),
  bringsForward: linesOf(closing['brought-forward']),
});

const bookOfFunds = (funds: FundsDocument) => bookOf({ ...funds, pilotId: funds._id });

async function closingNow(
  payments: Payments,
  session: ClientSession,
  funds: FundsDocument,
): Promise<Closing> {
  const { municipalityId, _id, fiscalYear } = funds;
  return closingOf(await payments.ledger.balancesOf(municipalityId, _id, fiscalYear, session));
}

interface Confirmation {
  readonly of: Of;
  readonly sha256: string;
  readonly personId: string;
}

/** Ends the year as it was proposed, or not at all: whatever was posted since makes another year end. */
async function confirm(payments: Payments, session: ClientSession, { of, sha256, personId }: Confirmation) {
  const funds = await openFundsOf(payments, of, session);
  const found = await payments.yearEnds.find(of.pilotId, of.fiscalYear, session);
  if (!found) throw new DomainError('not-found');
  if (found.proposedBy === personId) throw new DomainError('same-person-twice');
  const closing = await closingNow(payments, session, funds);
  const { allotment, reason, salt, into } = found;
  const signed = { allotment, reasonSha256: reason.sha256, salt };
  const now = yearEndHash(bookOfFunds(funds), into, closing, signed);
  if (found.sha256 !== sha256 || now !== sha256) throw new DomainError('year-end-changed');
  const confirmedAt = payments.now();
  const confirmed = await payments.yearEnds.confirm(
    session,
    { _id: found._id, sha256 },
    { confirmedBy: personId, confirmedAt },
  );
  if (!confirmed) throw new DomainError('same-person-twice');
  await close(payments, session, { funds, closing, yearEnd: confirmed, at: confirmedAt });
  return yearEndView(confirmed, true);
}

interface Close {
  readonly funds: FundsDocument;
  readonly closing: Closing;
  readonly yearEnd: YearEndDocument;
  readonly at: Date;
}

async function close(payments: Payments, session: ClientSession, { funds, closing, yearEnd, at }: Close) {
  const { into, allotment } = yearEnd;
  const book = bookOfFunds(funds);
  const postings = closingPostings(book, into, closing, allotment);
  for (const posting of postings.out) await payments.ledger.post(session, posting, at);
  await payments.ledger.closeBook(session, book, into);
  for (const posting of postings.into) await payments.ledger.post(session, posting, at);
  const carriedOver = carriedByFund(closing['carried-over']);
  await payments.funds.beginYear(session, funds._id, { fiscalYear: into, allotted: allotment, carriedOver });
  await payments.outbox.appendEvents(session, [yearClosedEvent(yearEnd, at)]);
}

/** @param whole whether the reader may see what is owed to people */
function closingView(
  { pilotId, fiscalYear, into, currency, ...closing }: ReturnType<typeof frameOf>,
  whole: boolean,
) {
  const lines = (some: readonly YearEndLine[]) =>
    (whole ? some : openLines(some)).map(({ account, projectId, amount }) => ({
      account,
      projectId,
      amount: money(amount, currency),
    }));
  return {
    pilotId,
    fiscalYear,
    into,
    lapses: lines(closing.lapses),
    carriesOver: lines(closing.carriesOver),
    bringsForward: lines(closing.bringsForward),
  };
}

function yearEndView(document: YearEndDocument, whole: boolean) {
  const of = (amount: number) => money(amount, document.currency);
  const { state, allotment, reason, sha256, proposedAt, confirmedAt } = document;
  const { round, bonus, outcome } = allotment;
  return {
    ...closingView(document, whole),
    state,
    allotment: { round: of(round), bonus: of(bonus), outcome: of(outcome) },
    reason,
    sha256,
    proposedAt: proposedAt.toISOString(),
    confirmedAt: confirmedAt?.toISOString() ?? null,
  };
}
