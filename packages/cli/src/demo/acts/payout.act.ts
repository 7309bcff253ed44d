import type { Actor } from '../actor.ts';
import { until } from '../patience.ts';
import { forEach, fundedProjects, municipalityOf } from '../play.ts';
import type { Play } from '../play.ts';
import type { Report } from '../progress.ts';
import { accountIsNamed, bankPays } from './bank.act.ts';
import type { Course } from './bank.act.ts';
import { phaseOf } from './poll.act.ts';

const LARGEST_BATCH = 500;
/** Test account numbers that no bank has given to anybody. */
const testIban = 'FI2112345600000785';

/**
 * Citizens say where they are paid; a clerk proposes a batch, a second person approves, a third releases it. It goes to the bank as a
 * file, and the bank's answers come back as files.
 */
export async function sharesArePaid(play: Play, report: Report): Promise<void> {
  const projects = await fundedProjects(play);
  for (const project of projects) await decided(play, project.projectId);
  for (const { champion, volunteer } of projects) {
    for (const citizen of [champion, volunteer]) await saysHowToBePaid(play, citizen);
  }
  if (projects.some(({ contractId }) => contractId)) await saysHowToBePaid(play, play.official('investor'));
  await accountIsNamed(play);
  // What the bank rejects or sends back is paid by another batch.
  for (const course of ['troubled', 'smooth'] as const) {
    await forEach(report, await openBatches(play), (ids) => batchIsPaid(play, ids, course), 1);
  }
  for (const project of projects) await phaseOf(play, project, 'closed');
}

/** Gives an account; a clerk saw that the payee is registered for prepayment, so a bank may pay. */
async function saysHowToBePaid(play: Play, payee: Actor): Promise<void> {
  const params = municipalityOf(play);
  const body = { method: 'bank', name: 'Talkoot Resident', iban: testIban } as const;
  await payee.payments.putPayeeDetails({ params, body });
  const registration = { evidence: 'Register of the tax authority', until: '2099-12-31' };
  await play.official('finance-clerk').payments.recordRegistration({
    params: { ...params, payeeId: payee.personId },
    body: registration,
  });
}

/** All obligations of the pilot, page by page. */
export async function obligations(play: Play) {
  const clerk = play.official('finance-clerk').payments;
  const params = municipalityOf(play);
  const all: Awaited<ReturnType<typeof clerk.listObligations>>['items'] = [];
  for (let after: string | undefined; ;) {
    const query = { pilotId: play.pilotId, limit: 200, ...(after ? { after } : {}) };
    const page = await clerk.listObligations({ params, query });
    all.push(...page.items);
    if (!page.next) return all;
    after = page.next;
  }
}

async function decided(play: Play, projectId: string): Promise<void> {
  const params = { ...municipalityOf(play), projectId };
  const look = () => play.visitor.projects.getProject({ params });
  await until('The payout phase', look, ({ phase }) => phase === 'payout' || phase === 'closed');
  const clerk = play.official('finance-clerk').payments;
  const bonus = await clerk.getBonus({ params });
  if (bonus.current.payable.amount === 0) return;
  const list = () =>
    clerk.listObligations({ params: municipalityOf(play), query: { projectId, limit: 200 } });
  await until('The obligations', list, ({ items }) =>
    items.some(({ payeeRole }) => payeeRole !== 'investor'),
  );
}

/** What waits to be paid, as much in each batch as one takes. */
async function openBatches(play: Play): Promise<string[][]> {
  const open = (await obligations(play))
    .filter(({ state }) => ['due', 'rejected', 'returned'].includes(state))
    // Ids differ from run to run: by amount, each run makes batches of the same sums.
    .toSorted((a, b) => a.amount.amount - b.amount.amount);
  return Array.from({ length: Math.ceil(open.length / LARGEST_BATCH) }, (_, at) =>
    open.slice(at * LARGEST_BATCH, (at + 1) * LARGEST_BATCH).map(({ obligationId }) => obligationId),
  );
}

async function batchIsPaid(play: Play, obligationIds: string[], course: Course): Promise<void> {
  const clerk = play.official('finance-clerk').payments;
  const params = municipalityOf(play);
  const { batchId, sha256 } = await clerk.proposeBatch({ params, body: { obligationIds } });
  const batch = { ...params, batchId };
  const body = { batchSha256: sha256 };
  await play.official('payout-approver').payments.approveBatch({ params: batch, body });
  await play.official('payout-releaser').payments.releaseBatch({ params: batch, body });
  const look = () => clerk.getBatch({ params: batch });
  await until('The payment instructions', look, (seen) => seen.batch.state === 'instructed');
  await payrollPays(play, batchId);
  await bankPays(play, batchId, course);
  await until('The reconciliation', look, (seen) => seen.batch.state === 'reconciled');
}

/** Stands for the payroll office: it pays what its file says, less three tenths of tax, and gives a receipt for each. */
async function payrollPays(play: Play, batchId: string): Promise<void> {
  const clerk = play.official('finance-clerk').payments;
  const params = municipalityOf(play);
  const { lines } = await clerk.getPayrollFile({ params: { ...params, batchId } });
  const receipts = lines.map(({ reference, obligationId, gross: { amount: gross, currency } }) => {
    const withheld = Math.floor((gross * 3) / 10);
    const paid = { currency, gross, withheld, net: gross - withheld, employerCost: 0 };
    const date = new Date().toISOString().slice(0, 10);
    return { obligationId, reference, run: `RUN-${batchId}`, date, ...paid, status: 'paid' as const };
  });
  if (receipts.length > 0) await clerk.importPayrollReceipts({ params, body: { receipts } });
}

/** The sponsor ends the rounds and concludes the pilot with a public report. */
export async function pilotIsEvaluated(play: Play): Promise<void> {
  const sponsor = play.official('sponsor').projects;
  const params = { ...municipalityOf(play), pilotId: play.pilotId };
  await sponsor.endRounds({ params });
  const look = () => sponsor.getPilot({ params });
  await until('The evaluation', look, ({ phase }) => phase === 'evaluating');
  const evaluation = await sponsor.getEvaluation({ params });
  const report = `${evaluation.funded.length} projects were funded and ${evaluation.delivered} delivered.`;
  await sponsor.concludePilot({ params, body: { report } });
  await until('The conclusion', look, ({ phase }) => phase === 'concluded');
}
