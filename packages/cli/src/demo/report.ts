import type { Money } from '@talkoot/api-contracts';
import type { AssessmentDraft } from '@talkoot/api-contracts/projects';
import { formatMoney as formatIn } from '@talkoot/money';
import Table from 'cli-table3';
import { outcomeOf } from './acts/outcome.act.ts';
import { recordOf } from './acts/record.act.ts';
import type { Run } from './run.ts';
import { fundedProjects, municipalityOf, projectParams } from './play.ts';
import type { Play, PlayedProject } from './play.ts';
import { namedStack, questionsAbout } from './questions.ts';
import { assigned, reconciliations } from './result.ts';
import type { Result } from './result.ts';

const formatMoney = (value: Money) => formatIn(value, 'en');
const quiet = { style: { head: [], border: [] } };

/** The readable report: what was funded and why, effects, the bonus line by line, who was paid, the ledger, links. */
export async function describe(
  play: Play,
  result: Result,
  run: Run,
  { stays }: { stays: boolean },
): Promise<string> {
  const { currency } = play.plan.roundBudget;
  const booked = (amount: number) => formatMoney({ amount, currency });
  const funded = await fundedProjects(play);
  const sections = [
    heading(`${play.plan.pilotName}: ${result.pilot.phase}`),
    `Permitted: ${play.plan.permittedShare} of ${formatMoney(play.plan.adoptedBudget)} = ${formatMoney(result.pilot.limit)}`,
    heading('What was funded, and why'),
    await fundedTable(play),
    heading('Effects, score and bonus'),
    ...(await Promise.all(funded.slice(0, 6).map((project) => bonusOf(play, project)))),
    ...(funded.length > 6 ? [`… and ${funded.length - 6} more; see the bonus of each project.`] : []),
    heading('The votes, recounted from public files'),
    pollTable(result),
    ...(result.outcomes.length > 0 ? [heading('What investors are paid, and why')] : []),
    ...(await Promise.all(funded.map((project) => contractOf(play, project)))).flat(),
    heading('What the records of the civil servants say'),
    ...(await recordLines(play)),
    heading('Who was paid'),
    payoutTable(result),
    heading('What the bank and the payroll office did'),
    await batchTable(play, result),
    heading('Money'),
    fundTable(play, result),
    `Ledger: debits ${booked(result.ledger.debit)}, credits ${booked(result.ledger.credit)}: ${result.ledger.balanced ? 'balanced' : 'NOT BALANCED'}.`,
    heading('Where to look'),
    stays
      ? 'The stack stays up. Each of these answers in another terminal:'
      : `The stack is stopped now. \`${restart(play)}\` brings it back as it was, and then each of these answers in another terminal:`,
    '',
    ...(await questionsAbout(play)),
    '',
    ...(stays
      ? ['Each lifecycle, as the engine has it:', ...linksOf(run)]
      : ['With --keep the demo leaves the stack up, and the Temporal UI shows each lifecycle.']),
    '',
    `Took ${run.seconds} s${run.kills.length > 0 ? `; killed on the way: ${run.kills.join(', ')}` : ''}.`,
  ];
  return sections.join('\n');
}

/** After `--` npm hands words on. */
function restart(play: Play): string {
  const named = namedStack(play);
  return ['npm run stack', ...(named.length > 0 ? ['--', ...named] : [])].join(' ');
}

const linksOf = ({ links }: Run) => links.slice(0, 12).map(({ id, url }) => `${id.padEnd(24)} ${url}`);

const heading = (text: string) => `\n${text}\n${'─'.repeat(text.length)}`;

async function fundedTable(play: Play): Promise<string> {
  const { projects } = await play.visitor.projects.getRoundResult({
    params: { ...municipalityOf(play), roundId: play.roundId },
  });
  const table = new Table({
    ...quiet,
    head: ['project', 'votes', 'cost', 'outcome'],
    colWidths: [28, 7, 14, outcomeWidth(process.stdout.columns)],
    wordWrap: true,
  });
  const sorted = projects.toSorted((a, b) => Number(b.funded) - Number(a.funded) || b.votes - a.votes);
  for (const { title, votes, cost, explanation } of sorted)
    table.push([title, votes, formatMoney(cost), explanation]);
  return table.toString();
}

/** What is left of a terminal, enough for a sentence, not more than is read with ease. */
function outcomeWidth(columns: number | undefined): number {
  return Math.min(62, Math.max(24, (columns || 120) - 54));
}

async function bonusOf(play: Play, project: PlayedProject): Promise<string> {
  const params = projectParams(play, project);
  const { draft } = await play.visitor.projects.getAssessment({ params });
  const { current } = await play.visitor.payments.getBonus({ params });
  const { finalScore } = await play.visitor.projects.getProject({ params });
  const computation = finalScore?.computation ?? [];
  const effects = draft.criteria.flatMap((criterion) => {
    const own = `${criterion.criterionId}: `;
    const scored = computation.filter((line) => line.startsWith(own)).map((line) => line.slice(own.length));
    const estimated = overTime.has(criterion.comparator) ? criterion.computation : [];
    return [effectOf(criterion), ...[...estimated, ...scored].map((line) => `      ${rounded(line)}`)];
  });
  const ofNone = computation.filter((line) => !line.startsWith('crt-'));
  const named = await namesOf(play, project);
  return [
    '',
    project.plan.title,
    ...effects,
    ...[...ofNone.map(named), ...current.computation].map((line) => `    ${rounded(line)}`),
    `  Bonus: ${formatMoney(current.payable)} of a pool of ${formatMoney(current.pool)}`,
  ].join('\n');
}

/** Exact fractions with many digits are for computing: `talkoot why` has them. */
const rounded = (line: string) =>
  line.replaceAll(/= -?\d+\/\d{4,} ≈ /g, '≈ ').replaceAll(/-?\d+\/\d{4,} ≈ /g, '');

type Judged = AssessmentDraft['criteria'][number];
/** Comparators whose computation does not fit into a line. */
const overTime: ReadonlySet<string> = new Set(['synthetic-control', 'interrupted-time-series']);

function effectOf({ metric, unit, estimate, standardError, ...of }: Judged): string {
  const effect = estimate === null ? 'missing' : shown(estimate);
  const error = standardError ? ` (standard error ${shown(standardError)})` : '';
  const method = of.method === null ? '' : ` by ${of.method}`;
  return `  ${metric}: effect ${effect} ${unit}${error}${method}${of.failed ? ', failed' : ''}`;
}

/** As each reads their own; nobody else does, but HR once the pilot is evaluated. */
async function recordLines(play: Play): Promise<string[]> {
  const records = await Promise.all(assigned.map((person) => recordOf(play, person)));
  return records.flatMap((record, at) =>
    record === null ? [] : ['', assigned[at]!, ...record.computation.slice(1).map((line) => `    ${line}`)],
  );
}

async function contractOf(play: Play, project: PlayedProject): Promise<string[]> {
  const told = await outcomeOf(play, project);
  if (told === null) return [];
  const { terms, decision, computation } = told;
  const lines = computation.map((line) => `    ${line}`);
  return ['', `${terms.title}: ${decision.amount} ${decision.currency} (${decision.reason})`, ...lines];
}

/** `59.000000` → `59`: signed estimates have six places. */
const shown = (decimal: string) => decimal.replace(/\.0+$|(\.\d*[1-9])0+$/, '$1');

/** Puts what people call a side effect where a computation has its id. */
async function namesOf(play: Play, project: PlayedProject): Promise<(line: string) => string> {
  const { items } = await play.visitor.projects.listSideEffects({ params: projectParams(play, project) });
  return (line) =>
    items.reduce((text, { sideEffectId, title }) => text.replaceAll(sideEffectId, `“${title}”`), line);
}

function pollTable({ polls }: Result): string {
  const table = new Table({
    ...quiet,
    head: ['poll', 'on the roll', 'ballots', 'on paper', 'found by devices', 'checks passed'],
  });
  for (const { kind, project, roll, ballots, onPaper, found, recounted } of polls.slice(0, 24)) {
    table.push([project ? `${kind} of ${project}` : kind, roll, ballots, onPaper, found, recounted]);
  }
  const rest = polls.length > 24 ? `\n… and ${polls.length - 24} more polls.` : '';
  return `${table.toString()}${rest}`;
}

function payoutTable({ payouts }: Result): string {
  if (payouts.length === 0) return 'Nobody: no bonus was earned.';
  const table = new Table({ ...quiet, head: ['project', 'payee', 'amount', 'state'] });
  for (const { project, payee, amount, state } of payouts.slice(0, 24)) {
    table.push([project, payee, formatMoney(amount), state]);
  }
  const rest = payouts.length > 24 ? `\n… and ${payouts.length - 24} more payouts.` : '';
  return `${table.toString()}${rest}`;
}

async function batchTable(play: Play, { reconciliation }: Result): Promise<string> {
  const figures = ['instructed', 'settled', 'rejected', 'returned', 'inTransit'] as const;
  const table = new Table({
    ...quiet,
    head: ['batch', 'instructed', 'settled', 'rejected', 'returned', 'in transit', 'ledger'],
  });
  for (const batch of await reconciliations(play)) {
    const amounts = figures.map((figure) => formatMoney(batch[figure].recorded.amount));
    table.push([batch.batchId, ...amounts, batch.agrees ? 'agrees' : 'DIFFERS']);
  }
  const { complete, paid } = reconciliation;
  const total = formatMoney({ amount: paid, currency: play.plan.roundBudget.currency });
  return `${table.toString()}\n${complete ? `Reconciled to the cent: ${total} paid.` : 'NOT RECONCILED.'}`;
}

function fundTable(play: Play, { funds }: Result): string {
  const { currency } = play.plan.roundBudget;
  const table = new Table({ ...quiet, head: ['fund', 'allotted', 'set aside', 'used', 'available'] });
  for (const { fund, allotted, setAside, used, available } of funds) {
    table.push([
      fund,
      ...[allotted, setAside, used, available].map((amount) => formatMoney({ amount, currency })),
    ]);
  }
  return table.toString();
}
