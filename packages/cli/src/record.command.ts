import type { PerformanceRecord, RecordExport } from '@talkoot/api-contracts/projects';
import { Option } from 'commander';
import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { saidPlainly } from './service/service.errors.ts';
import { inMunicipalityAs, placeOf } from './service/service.place.ts';
import { tell } from './terminal.ts';
import type { Place, PlaceOptions } from './service/service.place.ts';

const criteria = ['collaboration', 'engagement', 'hours', 'skills-taught', 'skills-learned'] as const;

interface ContestOptions extends PlaceOptions {
  readonly criterion: (typeof criteria)[number];
  readonly reason: string;
}

/** `talkoot record`: performance records of civil servants, signed in by TALKOOT_TOKEN. */
export function registerRecord(program: Command): void {
  const record = program
    .command('record')
    .description(
      'Performance records of civil servants (signed in: TALKOOT_TOKEN, or --as on a local stack)',
    );
  registerShow(record);
  registerContest(record);
  registerExport(record);
}

function registerShow(record: Command): void {
  inMunicipalityAs(record.command('show'))
    .argument('<pilot>', 'such as pil-…')
    .description('My own record in a pilot, line by line')
    .action((pilotId: string, options: PlaceOptions) =>
      saidPlainly(async () => {
        const { projects, municipalityId } = await placeOf(options);
        const mine = await projects.getMyRecord({ params: { municipalityId, pilotId } });
        tell(options, mine, recordLines(mine));
      }),
    );
}

function registerContest(record: Command): void {
  inMunicipalityAs(record.command('contest'))
    .argument('<pilot>', 'such as pil-…')
    .addOption(new Option('--criterion <name>', 'the entry').choices(criteria).makeOptionMandatory())
    .requiredOption('--reason <text>', 'read by the appeal body and hr alone')
    .description('Say that one entry of my record is wrong')
    .action((pilotId: string, options: ContestOptions) =>
      saidPlainly(async () => {
        const { projects, municipalityId } = await placeOf(options);
        const { criterion, reason } = options;
        const contest = await projects.contestRecord({
          params: { municipalityId, pilotId },
          body: { criterion, reason },
          idempotencyKey: randomUUID(),
        });
        tell(options, contest, [`${contest.contestId}: to be decided by ${contest.dueAt}`]);
      }),
    );
}

function registerExport(record: Command): void {
  inMunicipalityAs(record.command('export'))
    .argument('<pilot>', 'such as pil-…')
    .description('All records of an evaluated pilot, as CSV or with --json a line each, for hr')
    .action((pilotId: string, options: PlaceOptions) =>
      saidPlainly(async () => {
        const place = await placeOf(options);
        if (options.json) {
          for await (const one of exported(place, pilotId)) process.stdout.write(`${JSON.stringify(one)}\n`);
        } else {
          for await (const csv of exportedCsv(place, pilotId)) process.stdout.write(csv);
        }
      }),
    );
}

async function* exported({ projects, municipalityId }: Place, pilotId: string): AsyncGenerator<RecordExport> {
  let after: string | null = null;
  do {
    const query: { limit: number; after?: string } = { limit: 200, ...(after === null ? {} : { after }) };
    const page: { items: RecordExport[]; next: string | null } = await projects.exportRecords({
      params: { municipalityId, pilotId },
      query,
    });
    yield* page.items;
    after = page.next;
  } while (after !== null);
}

/** Pages of CSV as one table: the header once, and on after the last person of each. */
async function* exportedCsv({ projects, municipalityId }: Place, pilotId: string): AsyncGenerator<string> {
  let after: string | undefined;
  for (;;) {
    const query = after === undefined ? {} : { after };
    const csv = await projects.exportRecordsCsv({ params: { municipalityId, pilotId }, query });
    const [header = '', ...rows] = csv.split('\r\n').filter(Boolean);
    const shown = after === undefined ? [header, ...rows] : rows;
    if (shown.length > 0) yield `${shown.join('\r\n')}\r\n`;
    after = rows.at(-1)?.split(',')[header.split(',').indexOf('person')];
    if (after === undefined) return;
  }
}

function recordLines({
  personId,
  score,
  computation,
  entries,
  contests,
  contestUntil,
}: PerformanceRecord): string[] {
  return [
    `${personId}: ${score === null ? 'no score yet' : `score ${score}`}`,
    ...computation.map((line) => `  ${line}`),
    ...entries
      .filter(({ contest }) => contest !== 'none')
      .map(({ criterion, contest }) => `  ${criterion}: contest ${contest}`),
    ...contests
      .filter(({ decision }) => decision === null)
      .map(({ contestId, dueAt }) => `  ${contestId}: to be decided by ${dueAt}`),
    contestUntil === null
      ? 'It can be contested once the pilot is evaluated.'
      : `It can be contested until ${contestUntil}.`,
  ];
}
