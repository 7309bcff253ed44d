import { createClient } from '@talkoot/api-contracts';
import { identityApi } from '@talkoot/api-contracts/identity';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { pollOnDevice } from '../../demo/voting/device.ts';
import { readPassphrase } from '../passphrase.ts';
import { PollRefused, refusingPlainly } from '../poll.errors.ts';
import { aboutPoll, addressesOfIssuers, placeOfPoll } from '../poll.place.ts';
import { tell } from '../../terminal.ts';
import type { IssuerOptions, PlaceOptions, PollPlace } from '../poll.place.ts';
import { sessionToken } from '../session.token.ts';
import { checkPapers } from './checking.ts';
import { enter } from './entering.ts';
import { issueToAll } from './issuing.queue.ts';
import type { AskAtDesk } from './issuing.ts';
import { agreedPapers } from './paper.comparison.ts';
import { columnsOf, readPapers } from './paper.csv.ts';
import { poolExists, poolFile } from './pool.file.ts';
import { registerTotals } from './totals.command.ts';
import { voters } from './voters.ts';

/** `talkoot poll desk`: paper and assisted votes. */
export function registerDesk(poll: Command): void {
  const desk = poll.command('desk').description('Hold a desk: certificates for papers, and their entry');
  registerIssue(desk);
  registerSheet(desk);
  registerEnter(desk);
  registerCheck(desk);
  registerTotals(desk);
}

interface PoolOptions extends PlaceOptions {
  readonly pool: string;
}
interface IssueOptions extends PoolOptions, IssuerOptions {
  readonly desk: string;
  readonly nationalIds?: string;
}

function registerIssue(desk: Command): void {
  aboutPoll(desk.command('issue'))
    .description(
      'Certify a key of this desk for each voter who shows a document; a clerk of each organisation does so',
    )
    .requiredOption('--desk <id>', 'this desk')
    .requiredOption('--pool <file>', 'the pool of this desk; made for its first voter')
    .option('--national-ids <file>', 'one in a line (default: asked for one after the other)')
    .option(
      '--identity-url <url>',
      "address of the municipality's issuer (default: $IDENTITY_URL, or the local stack)",
    )
    .option(
      '--auditor-url <url>',
      "address of the auditor's issuer (default: $AUDITOR_URL, or the local stack)",
    )
    .action((pollId: string, options: IssueOptions) =>
      refusingPlainly(async () => {
        const [place, ask] = [await placeOfPoll(pollId, options), await clerks(pollId, options)];
        const at = { ...(await deskOf(place, options.pool)), desk: options.desk, ask };
        const answer = await issueToAll(at, voters(options.nationalIds));
        const { issued, refused } = answer;
        tell(options, { desk: options.desk, ...answer }, [
          `Voters certified now: ${issued}; refused: ${refused.length}. Keys of this desk in all: ${answer.keys}.`,
        ]);
      }),
    );
}

function registerSheet(desk: Command): void {
  aboutPoll(desk.command('sheet'))
    .description('Print the first line of the two files in which papers are typed')
    .action((pollId: string, options: PlaceOptions) =>
      refusingPlainly(async () => {
        const { ballots, poll } = await placeOfPoll(pollId, options);
        const { binding } = await pollOnDevice(await ballots.getManifest({ params: poll }));
        const columns = columnsOf(binding.manifest);
        tell(options, { columns }, [columns.join(',')]);
      }),
    );
}

interface EnterOptions extends PoolOptions {
  readonly first: string;
  readonly second: string;
}

function registerEnter(desk: Command): void {
  aboutPoll(desk.command('enter'))
    .description('Cast the papers of the urn, which two people typed; may be repeated until all are promised')
    .requiredOption('--pool <file>', 'the pool of this desk')
    .requiredOption('--first <file>', 'the papers as one person typed them, CSV')
    .requiredOption('--second <file>', 'the same papers as another person typed them')
    .action((pollId: string, options: EnterOptions) =>
      refusingPlainly(async () => {
        requireTwoFiles(options);
        const place = await placeOfPoll(pollId, options);
        const { ballots, poll } = place;
        const { binding } = await pollOnDevice(await ballots.getManifest({ params: poll }));
        const typed = async (file: string) => {
          const name = basename(file);
          return { name: file, papers: readPapers(await readFile(file, 'utf8'), binding.manifest, name) };
        };
        const papers = agreedPapers(await typed(options.first), await typed(options.second));
        const answer = await enter({ ballots, ...(await deskOf(place, options.pool)) }, papers);
        tell(options, answer, [
          `Papers of the desk ${answer.desk} that are cast and promised: ${answer.papers}, now: ${answer.cast}.`,
          `Certificates issued here without a paper in the urn: ${answer.unused}.`,
          'Now two people count the papers, and each states the number signed in as themself:',
          `  talkoot poll desk totals ${pollId} --desk ${answer.desk} --entered ${answer.papers}`,
        ]);
      }),
    );
}

/** One file compared with itself would hide every mistyped paper. */
function requireTwoFiles({ first, second }: EnterOptions): void {
  if (resolve(first) !== resolve(second)) return;
  throw new PollRefused('papers-same', 'Two people type the papers, each into a file of their own.');
}

interface CheckOptions extends PoolOptions {
  readonly complain?: boolean;
}

function registerCheck(desk: Command): void {
  aboutPoll(desk.command('check'))
    .description('Look on the board for every paper that was promised, without telling which')
    .requiredOption('--pool <file>', 'the pool of this desk')
    .option('--complain', 'once casting is over: complain about those that are not there')
    .action((pollId: string, options: CheckOptions) =>
      refusingPlainly(async () => {
        const place = await placeOfPoll(pollId, options);
        const at = { ballots: place.ballots, ...(await deskOf(place, options.pool)) };
        const answer = await checkPapers(at, options.complain ?? false);
        const { papers, onBoard, complaints } = answer;
        tell(options, answer, [
          `Papers on the board: ${onBoard} of ${papers}.`,
          ...(onBoard === papers ? [] : [missing(complaints)]),
        ]);
      }),
    );
}

const missing = (complaints: number) =>
  complaints > 0
    ? `Complaints taken: ${complaints}. The board has to publish these papers before anything is counted.`
    : 'While the poll runs others wait for their batch; once casting is over, run it again with --complain.';

/** The poll as the desk's device knows it, and the pool, for which both passphrases are asked. */
async function deskOf({ ballots, poll }: PollPlace, pool: string) {
  const onDevice = await pollOnDevice(await ballots.getManifest({ params: poll }));
  const isNew = !(await poolExists(pool));
  const first = await readPassphrase({ isNew, whose: "the municipality's officer" });
  const second = await readPassphrase({
    isNew,
    whose: "the auditor's officer",
    variable: 'TALKOOT_SECOND_PASSPHRASE',
  });
  return { poll, onDevice, store: poolFile(pool, [first, second]) };
}

/** The issuers of both organisations, each asked by a clerk of its own. */
async function clerks(pollId: string, options: IssueOptions): Promise<AskAtDesk> {
  const addresses = await addressesOfIssuers(options);
  const tokens = [
    await sessionToken(),
    await sessionToken('TALKOOT_AUDITOR_TOKEN', 'with the auditor'),
  ] as const;
  const clients = addresses.map((baseUrl, at) =>
    createClient(identityApi, { baseUrl, token: async () => tokens[at]!, deadlineMs: 30_000 }),
  );
  const params = { municipalityId: options.municipality!, pollId, desk: options.desk };
  return async (issuer, nationalId, blinded) => {
    const body = { nationalId, blinded };
    return (await clients[issuer]!.issueDeskCertificate({ params, body })).blindSignature;
  };
}
