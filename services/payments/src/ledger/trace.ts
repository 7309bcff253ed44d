import { DomainError } from '@talkoot/http-service';
import { money } from '@talkoot/money';
import type { Payments } from '../context.ts';
import { computationOf } from '../obligation/computation.ts';
import type { ObligationDocument } from '../obligation/obligation.store.ts';
import type { EntryDocument } from './entry.ts';

/** Transactions that lead to any obligation of a project. */
const ofProject = ['commitment-raised', 'year-carried-over', 'year-carried-over-in'] as const;

/**
 * The way of an obligation's money from the fund to the bank, or the transaction an entry stands in when it is nobody's in particular.
 * @throws DomainError `not-found`
 */
export async function traceOf(payments: Payments, municipalityId: string, id: string) {
  const transactionId = id.replace(/\/\d{4,}$/, '');
  const asked = id.includes('/')
    ? await payments.ledger.entriesOfTransactions(municipalityId, [transactionId])
    : [];
  const obligationId = id.includes('/') ? asked.find(({ _id }) => _id === id)?.obligationId : id;
  const obligation = obligationId ? await payments.obligations.find(municipalityId, obligationId) : null;
  if (!obligation) {
    if (asked.length === 0) throw new DomainError('not-found');
    return { obligation: null, computation: [], steps: stepsOf(asked, null), attempts: [] };
  }
  const attempts = await payments.obligations.attemptsOf([obligation._id]);
  return {
    obligation: obligationOf(obligation),
    computation: await computationOf(payments, obligation),
    steps: stepsOf(await wayOf(payments, obligation), obligation._id),
    attempts: attempts.map(({ number, batchId, endToEndId, state }) => ({
      number,
      batchId,
      endToEndId,
      state,
    })),
  };
}

/** Every entry on the way: the allotment, what was set aside for the project, and each move of the obligation. */
export async function wayOf(payments: Payments, obligation: ObligationDocument): Promise<EntryDocument[]> {
  const { ledger, funds } = payments;
  const { _id, municipalityId, pilotId, projectId, fiscalYear } = obligation;
  const own = await ledger.entriesOfObligation(municipalityId, _id);
  const opened = (await funds.findFunds(pilotId))?.opened.fiscalYear ?? fiscalYear;
  const years = Array.from({ length: Math.max(0, fiscalYear - opened) }, (_, n) => opened + n);
  const project = await ledger.entriesOfProject(municipalityId, projectId, ofProject);
  const transactions = new Set([
    `funds-opened/${pilotId}`,
    ...years.map((year) => `funds-allotted/${pilotId}/${year}`),
    await setAsideBy(payments, obligation),
    ...own.map(({ transactionId }) => transactionId),
  ]);
  return [...project, ...(await ledger.entriesOfTransactions(municipalityId, [...transactions]))];
}

/** The transaction that set aside what is paid: the commitment and reserve of a project, or the reserve of a contract. */
async function setAsideBy(payments: Payments, obligation: ObligationDocument): Promise<string> {
  const { municipalityId, decisionId, projectId, origin } = obligation;
  const decision =
    origin === 'outcome' ? await payments.outcomes.findDecision(municipalityId, decisionId) : null;
  return decision ? `outcome-reserved/${decision.contractId}` : `project-committed/${projectId}`;
}

/** Entries as steps in their order: lines of the obligation one by one, others added up by account, others' lines left out. */
export function stepsOf(entries: readonly EntryDocument[], obligationId: string | null) {
  const ordered = entries.toSorted(
    (a, b) =>
      a.at.getTime() - b.at.getTime() ||
      (a.book < b.book ? -1 : 1) * Number(a.book !== b.book) ||
      a.number - b.number,
  );
  const steps = Map.groupBy(ordered, ({ transactionId }) => transactionId);
  return [...steps].map(([transactionId, lines]) => {
    const { at, fiscalYear, kind } = lines[0]!;
    const seen = lines.filter((line) => line.obligationId === null || line.obligationId === obligationId);
    return { at: at.toISOString(), fiscalYear, kind, transactionId, lines: linesOf(seen) };
  });
}

function linesOf(entries: readonly EntryDocument[]) {
  const groups = Map.groupBy(
    entries,
    ({ account, side, obligationId }) => `${account}/${side}/${obligationId}`,
  );
  return [...groups.values()].map((group) => {
    const { account, side, currency, obligationId } = group[0]!;
    const amount = group.reduce((sum, one) => sum + one.amount, 0);
    return { account, side, amount: money(amount, currency), own: obligationId !== null };
  });
}

/** Without the payee: roles are public, people are not. */
function obligationOf(obligation: ObligationDocument) {
  const { _id, projectId, pilotId, decisionId, payeeRole, state, fiscalYear, costCentre, account, vatCode } =
    obligation;
  const amount = money(obligation.amount, obligation.currency);
  return {
    obligationId: _id,
    projectId,
    pilotId,
    decisionId,
    payeeRole,
    amount,
    state,
    fiscalYear,
    costCentre,
    account,
    vatCode,
  };
}
