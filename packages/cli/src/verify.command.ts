import { folderPublication, sitePublication, verify } from '@talkoot/ballot-protocol/verifier';
import type { CheckResult, ReceiptResult, Report } from '@talkoot/ballot-protocol/verifier';
import Table from 'cli-table3';
import type { Command } from 'commander';
import { createLogUpdate } from 'log-update';
import { readFile } from 'node:fs/promises';
import { isLive } from './terminal.ts';

interface Options {
  readonly json?: boolean;
  readonly receipt?: string;
}

/** What a script can tell apart: it holds, it does not, nobody knows. */
const exits = { holds: 0, fails: 1, notVerified: 2 } as const;

/** `talkoot verify FOLDER|URL`: recounts a poll from its public files, for everybody who does not want to believe. */
export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description('Recount a poll from its published files and check everything that was said about it')
    .argument('<place>', 'a folder or a URL with the published files')
    .option('--receipt <file>', 'also tell what became of the ballot of this receipt')
    .option('--json', 'print the report as JSON')
    .action(async (place: string, options: Options) => {
      process.exitCode = exits.notVerified;
      const report = await verified(place, options);
      process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : inWords(report));
      process.exitCode = report.holds ? exits.holds : exits.fails;
    });
}

async function verified(place: string, { receipt }: Options): Promise<Report> {
  const publication = /^https?:\/\//.test(place) ? sitePublication(place) : folderPublication(place);
  const shown = receipt === undefined ? {} : { receipt: await readFile(receipt) };
  if (!isLive(process.stderr)) return verify(publication, shown);
  const show = createLogUpdate(process.stderr);
  try {
    return await verify(publication, {
      ...shown,
      onLeaves: (leaves) => show(`${leaves.toLocaleString('en')} ballots checked`),
    });
  } finally {
    show.done();
  }
}

const meanings: Readonly<Record<CheckResult['name'], string>> = {
  manifest: 'the rules of the poll, fixed before it opened',
  rolls: 'who could vote, as numbers that name nobody',
  'board-root': 'all ballots are those of the final checkpoint',
  checkpoints: 'the board only ever grew',
  witnesses: 'independent witnesses saw every checkpoint',
  windows: 'no ballot came before the poll opened, and complaints had their time',
  certificates: 'both issuers certified every voter',
  signatures: 'every ballot is as its voter signed it',
  sequences: 'no ballot is there twice',
  issuances: 'one certificate for each entry of the rolls',
  numbers: 'no more voters than certificates, nor than people',
  complaints: 'every ballot that was promised is there',
  closing: 'complaints and totals of desks were fixed before ballots were opened',
  key: 'the trustees opened the ballots with the key they were sealed to',
  rejections: 'every ballot that does not count has its reason',
  tally: 'the votes, counted again',
  lot: 'ties are decided by lots drawn beforehand',
  allocation: 'what is funded, computed again',
  desks: 'paper ballots are no more than certificates for them',
};

function inWords({ holds, manifest, checks, receipt }: Report): string {
  const table = new Table({ head: ['check', 'result', 'that'], style: { head: [], border: [] } });
  for (const { name, state } of checks) table.push([name, state, meanings[name]]);
  const lines = [
    table.toString(),
    ...checks.flatMap(faultsOf),
    ...(receipt ? [receiptText(receipt)] : []),
    manifest === null ? 'The manifest cannot be read, so nothing else was checked.' : `Manifest ${manifest}`,
    holds ? 'Everything holds.' : 'NOT EVERYTHING HOLDS.',
  ];
  return `${lines.join('\n')}\n`;
}

function faultsOf({ name, count, findings }: CheckResult): string[] {
  const more = count - findings.length;
  return [
    ...findings.map(({ code, entry }) => `${name}: ${code} at ${printable(entry)}`),
    ...(more > 0 ? [`${name}: and ${more} more`] : []),
  ];
}

/** Names in the files are whatever their author wrote: they must not steer the terminal. */
const printable = (text: string): string => text.replaceAll(/\p{C}/gu, '\u{FFFD}');

function receiptText({ outcome, leaf, reason }: ReceiptResult): string {
  const place = leaf === null ? '' : ` (ballot ${leaf} of the board)`;
  switch (outcome) {
    case 'invalid':
      return 'The receipt is not one of this poll: its promise does not hold.';
    case 'missing':
      return 'The ballot of the receipt was promised and IS NOT on the board: complain with the receipt.';
    case 'unknown':
      return 'Whether the ballot of the receipt is on the board cannot be said: the board cannot be read.';
    case 'published':
      return `The ballot of the receipt is on the board${place}.`;
    case 'counted':
      return `The ballot of the receipt was counted${place}.`;
    case 'replaced':
      return `The ballot of the receipt was replaced by a later one of the same voter${place}.`;
    case 'rejected':
      return `The ballot of the receipt was rejected${place}: ${reason}.`;
  }
}
