import type { Explanation } from '@talkoot/api-contracts';
import type { Command } from 'commander';
import { traceText } from './ledger/ledger.text.ts';
import { saidPlainly, ServiceRefused } from './service/service.errors.ts';
import { inMunicipalityAs, placeOf } from './service/service.place.ts';
import { tell } from './terminal.ts';
import type { Place, PlaceOptions } from './service/service.place.ts';

/** `talkoot why`: one amount or score, from the charter to the bank, line by line. */
export function registerWhy(program: Command): void {
  inMunicipalityAs(program.command('why'))
    .argument(
      '<id>',
      'an obligation (obl-), bonus decision (bon-), batch (bat-), spending (spe-), outcome decision (out-), assessment (asm-), project (prj-), or an entry or transaction of the ledger',
    )
    .description(
      'Why this amount? Every line from the charter to the bank (where it is not public, signed in: TALKOOT_TOKEN, or --as on a local stack)',
    )
    .action((id: string, options: PlaceOptions) =>
      saidPlainly(async () => {
        const explanation = await explained(await placeOf(options), id);
        tell(options, explanation, linesOf(explanation));
      }),
    );
}

type Explain = (place: Place, id: string) => Promise<Explanation>;

/** By the prefix of the id, which tells what it is. */
const explaining: Readonly<Record<string, Explain>> = {
  obl: ({ payments, municipalityId }, obligationId) =>
    payments.explainObligation({ params: { municipalityId, obligationId } }),
  bon: ({ payments, municipalityId }, bonusId) =>
    payments.explainBonus({ params: { municipalityId, bonusId } }),
  bat: ({ payments, municipalityId }, batchId) =>
    payments.explainBatch({ params: { municipalityId, batchId } }),
  spe: ({ payments, municipalityId }, spendingId) =>
    payments.explainSpending({ params: { municipalityId, spendingId } }),
  out: ({ payments, municipalityId }, decisionId) =>
    payments.explainOutcome({ params: { municipalityId, decisionId } }),
  asm: ({ projects, municipalityId }, assessmentId) =>
    projects.explainAssessment({ params: { municipalityId, assessmentId } }),
  prj: async (place, projectId) => {
    const { assessmentId } = await place.projects.getAssessment({
      params: { municipalityId: place.municipalityId, projectId },
    });
    return explaining['asm']!(place, assessmentId);
  },
};

/** @throws ServiceRefused `id-unknown` */
function explained(place: Place, id: string): Promise<Explanation> {
  // Only entries and transactions of the ledger are called so.
  if (id.includes('/')) return traced(place, id);
  const explain = explaining[id.slice(0, 3)];
  if (explain && id[3] === '-') return explain(place, id);
  const known = Object.keys(explaining).map((prefix) => `${prefix}-`);
  throw new ServiceRefused(
    'id-unknown',
    `"${id}" is no id that has an amount: they begin with ${known.join(', ')}.`,
  );
}

/** An entry or a transaction of the ledger, as an auditor follows it. */
async function traced({ payments, municipalityId }: Place, id: string): Promise<Explanation> {
  const trace = await payments.tracePayment({ params: { municipalityId }, query: { id } });
  const { obligation, computation } = trace;
  return {
    kind: 'entry',
    id,
    result: obligation ? `of ${obligation.obligationId}, ${obligation.state}` : 'of nobody in particular',
    amount: obligation?.amount ?? null,
    parts: [
      ...(computation.length > 0
        ? [{ title: 'How the amount was computed', lines: computation, sources: [] }]
        : []),
      { title: 'From the fund to the bank', lines: traceText(trace).filter(Boolean), sources: [] },
    ],
  };
}

/** Each part with its lines, and under them where they can be checked; `--json` has the hashes in full. */
export function linesOf({ kind, id, result, parts }: Explanation): string[] {
  return [
    `${kind} ${id}: ${result}`,
    ...parts.flatMap(({ title, lines, sources }) => [
      '',
      title,
      ...lines.map((line) => `  ${line}`),
      ...sources
        // What a line names already is not told twice.
        .filter((source) => source.sha256 !== null || !lines.some((line) => line.includes(source.id)))
        .map(sourceText),
    ]),
  ];
}

function sourceText({ kind, id, sha256 }: Explanation['parts'][number]['sources'][number]): string {
  return `    see ${kind} ${id}${sha256 === null ? '' : ` (SHA-256 ${sha256.slice(0, 12)}…)`}`;
}
