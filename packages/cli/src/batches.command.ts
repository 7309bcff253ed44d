import { batchStates } from '@talkoot/api-contracts/payments';
import { Option } from 'commander';
import type { Command } from 'commander';
import { batchLine, batchLines, decidedLines, fileLines } from './batches/batch.text.ts';
import { given, listing, once, telling } from './operation/payments.command.ts';
import { aboutPayments, everyPage } from './operation/payments.place.ts';
import type { PaymentsOptions, PaymentsPlace } from './operation/payments.place.ts';
import { signedHash } from './operation/signing.ts';
import { ServiceRefused } from './service/service.errors.ts';

interface ListOptions extends PaymentsOptions {
  readonly state?: (typeof batchStates)[number];
  readonly pilot?: string;
}
interface ProposeOptions extends PaymentsOptions {
  readonly pilot?: string;
  readonly except?: readonly string[];
}
interface SignOptions extends PaymentsOptions {
  readonly sha256?: string;
}

/** `talkoot batches`: payments are proposed, approved and released by three different people. */
export function registerBatches(program: Command): void {
  const batches = program
    .command('batches')
    .description(
      'Payout batches: proposed, approved and released by three people (signed in: TALKOOT_TOKEN)',
    );
  const command = (name: string, description: string) =>
    aboutPayments(batches.command(name)).description(description);
  const aboutOne = (name: string, description: string) =>
    command(name, description).argument('<batch>', 'such as bat-…');
  reading(command, aboutOne);
  proposing(command);
  signing(aboutOne);
}

type Make = (name: string, description: string) => Command;

function reading(command: Make, aboutOne: Make): void {
  command('list', 'Batches, by id')
    .addOption(new Option('--state <state>', 'only those').choices(batchStates))
    .option('--pilot <id>', 'only those of one pilot')
    .action(
      listing(
        ({ payments, params }, after, { state, pilot }: ListOptions) =>
          payments.listBatches({ params, query: { ...after, ...given({ state, pilotId: pilot }) } }),
        (batch) => [batchLine(batch)],
        'There are no batches.',
      ),
    );
  aboutOne('show', 'A batch with its payments, account numbers masked, and the hash that is signed').action(
    telling(
      ({ payments, params }, _: PaymentsOptions, batchId: string) =>
        payments.getBatch({ params: { ...params, batchId } }),
      batchLines,
    ),
  );
  aboutOne('file', 'What is on record of its payment file: SHA-256, who made it and who took it').action(
    telling(
      ({ payments, params }, _: PaymentsOptions, batchId: string) =>
        payments.getBankFile({ params: { ...params, batchId } }),
      fileLines,
    ),
  );
}

/** As many payments as one batch takes. */
const MOST = 500;

function proposing(command: Make): void {
  command('propose', 'As a finance clerk: payments of obligations, or of all that a pilot owes')
    .argument('[obligations...]', 'such as obl-…')
    .option('--pilot <id>', 'all that is due or due again in a pilot')
    .option('--except <obligations...>', 'of these, not those')
    .action(
      telling(
        async (place, options: ProposeOptions, named: readonly string[]) => {
          const obligationIds = await wanted(place, named, options);
          const { payments, params } = place;
          return payments.proposeBatch({ params, body: { obligationIds }, ...once() });
        },
        (batch) => [
          batchLine(batch),
          ...(batch.lines === MOST ? ['It is full: what else is due goes into another one.'] : []),
          'Nothing is paid yet. A payout approver reads and approves it, signed in as themself:',
          `  talkoot batches approve ${batch.batchId}`,
        ],
      ),
    );
}

/** @throws ServiceRefused `obligations-or-pilot`, `nothing-due` */
async function wanted(
  place: PaymentsPlace,
  named: readonly string[],
  { pilot, except = [] }: ProposeOptions,
): Promise<string[]> {
  if (named.length > 0 === (pilot !== undefined)) {
    throw new ServiceRefused('obligations-or-pilot', 'Name obligations, or the pilot with --pilot.');
  }
  const ids = pilot === undefined ? named : await dueIn(place, pilot, except);
  const obligationIds = ids.filter((id) => !except.includes(id));
  if (obligationIds.length > 0) return obligationIds;
  throw new ServiceRefused('nothing-due', 'Nothing is left to pay.');
}

async function dueIn(
  { payments, params }: PaymentsPlace,
  pilotId: string,
  except: readonly string[],
): Promise<string[]> {
  const due: string[] = [];
  // Whatever is open now became so before now.
  const query = { pilotId, dueBefore: new Date().toISOString() };
  const open = everyPage((after) =>
    payments.listObligations({ params, query: { ...query, limit: 200, ...after } }),
  );
  for await (const { obligationId } of open) {
    if (!except.includes(obligationId)) due.push(obligationId);
    if (due.length === MOST) break;
  }
  return due;
}

const moves = {
  approve: [
    'approveBatch',
    'As a payout approver, not the one who proposed it: approve exactly these payments',
  ],
  release: [
    'releaseBatch',
    'As a payout releaser, a third person: release an approved batch to the bank and payroll',
  ],
} as const;

function signing(aboutOne: Make): void {
  for (const [name, [route, description]] of Object.entries(moves)) {
    aboutOne(name, `${description}; it is shown, and signed by its hash`)
      .option(
        '--sha256 <hash>',
        'of the batch that you read; without it the batch is shown and you are asked',
      )
      .action(
        telling(
          async ({ payments, params: here }, { sha256 }: SignOptions, batchId: string) => {
            const params = { ...here, batchId };
            const batchSha256 = await signedHash(sha256, async () => {
              const shown = await payments.getBatch({ params });
              return { lines: batchLines(shown), sha256: shown.batch.sha256 };
            });
            return payments[route]({ params, body: { batchSha256 }, ...once() });
          },
          (decided) => [
            ...decidedLines(decided),
            ...(name === 'approve'
              ? [
                  'A third person, a payout releaser, releases it, signed in as themself:',
                  `  talkoot batches release ${decided.lifecycleId}`,
                ]
              : []),
          ],
        ),
      );
  }
  aboutOne('refuse', 'As a payout approver: pay none of it; its obligations are due again')
    .requiredOption('--reason <text>', 'why; it is published')
    .action(
      telling(
        ({ payments, params }, { reason }: PaymentsOptions & { reason: string }, batchId: string) =>
          payments.refuseBatch({ params: { ...params, batchId }, body: { reason }, ...once() }),
        decidedLines,
      ),
    );
}
