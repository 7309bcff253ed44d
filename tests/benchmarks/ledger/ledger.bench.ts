import { randomDatabaseUrl } from '@talkoot/local-stack/testing';
import { serversFor, sideFor, type BenchContext, type Measured } from '../bench.ts';
import { figure, type Pair } from '../report/figure.ts';
import type { Side } from '../side/side.ts';
import type { Posting } from './postings.ts';

const full = { rounds: 5, transactions: 200, pilots: 100 };
const tiny = { rounds: 1, transactions: 20, pilots: 4 };
type Sizes = typeof full;

const writersTried = [1, 10, 100] as const;
/** Whether all transactions meet on one pilot's book, or are spread over many. */
const spreads = ['one-pilot', 'many-pilots'] as const;
type Case = { readonly spread: (typeof spreads)[number]; readonly writers: (typeof writersTried)[number] };
const cases: readonly Case[] = spreads.flatMap((spread) =>
  writersTried.map((writers) => ({ spread, writers })),
);

/** Transactions of the ledger, every invariant held, against inserts of the same documents alone. */
export async function measureLedger(context: BenchContext): Promise<Measured> {
  const sizes = context.quick ? tiny : full;
  const servers = await serversFor(context, ['mongod']);
  const database = randomDatabaseUrl(servers.mongodbUrl);
  const ledger = await sideFor(context, '../ledger/post.process.ts', { args: [database] });
  const bare = await sideFor(context, '../ledger/insert.process.ts', { args: [database] });
  const pilots = Array.from({ length: sizes.pilots }, (_, n) => `pil-${String(n).padStart(3, '0')}`);
  context.progress.stage(`opening the funds of ${pilots.length} pilots`);
  const perPilot = sharesOf(sizes, pilots);
  for (const [pilotId, commitments] of perPilot) await ledger.call('open', [pilotId], commitments);
  const measured = new Map<Case, Pair[]>(cases.map((one) => [one, []]));
  context.progress.stage('warming up');
  for (const one of cases) await play({ ledger, bare }, one, postingsOf(sizes, pilots, one, 0));
  for (let round = 1; round <= sizes.rounds; round += 1) {
    context.progress.stage(`round ${round} of ${sizes.rounds}`);
    for (const one of cases) {
      measured.get(one)!.push(await play({ ledger, bare }, one, postingsOf(sizes, pilots, one, round)));
    }
  }
  context.progress.stage('checking every entry and balance');
  await refuseFaults(ledger, sizes, pilots);
  return { sizes, figures: [...measured].map(([one, pairs]) => figureOf(one, pairs)) };
}

/** How many commitments each pilot's fund has to hold for all rounds, and no more. */
function sharesOf(sizes: Sizes, pilots: readonly string[]): Map<string, number> {
  const shares = new Map<string, number>();
  for (let round = 0; round <= sizes.rounds; round += 1) {
    for (const { pilotId } of cases.flatMap((one) => postingsOf(sizes, pilots, one, round)))
      shares.set(pilotId, (shares.get(pilotId) ?? 0) + 1);
  }
  return shares;
}

function postingsOf(
  sizes: Sizes,
  pilots: readonly string[],
  { spread, writers }: Case,
  round: number,
): Posting[] {
  return Array.from({ length: sizes.transactions }, (_, n) => ({
    pilotId: pilots[spread === 'one-pilot' ? 0 : n % pilots.length]!,
    projectId: `prj-${n % 50}`,
    key: `${spread}-${writers}-${round}-${n}`,
  }));
}

/** Transactions per second, ours and bare inserts in turns. */
async function play(
  { ledger, bare }: { readonly ledger: Side; readonly bare: Side },
  { writers }: Case,
  postings: readonly Posting[],
): Promise<Pair> {
  const perSecond = (ms: number) => (postings.length / ms) * 1_000;
  return {
    ours: perSecond(await ledger.call<number>('post', postings, writers)),
    baseline: perSecond(await bare.call<number>('insert', postings, writers)),
  };
}

/** A fast ledger that is wrong is worth nothing: the chain holds, balances follow from entries, and nothing more can be taken. */
async function refuseFaults(ledger: Side, sizes: Sizes, pilots: readonly string[]): Promise<void> {
  const { entries, findings, below } = await ledger.call<{
    entries: number;
    findings: unknown[];
    below: number;
  }>('outcome');
  const expected = 2 * (sizes.rounds + 1) * cases.length * sizes.transactions + 2 * pilots.length;
  if (entries !== expected || findings.length > 0 || below > 0)
    throw new Error(
      `${entries} of ${expected} entries, ${below} accounts below zero: ${JSON.stringify(findings.slice(0, 5))}`,
    );
  const refused = await ledger.call<string>('overdraw', pilots[0]);
  if (refused !== 'fund-overdrawn') throw new Error(`an empty fund answered ${refused}`);
}

const figureOf = ({ spread, writers }: Case, pairs: readonly Pair[]) =>
  figure(
    {
      name: `${spread}-${writers}`,
      title: `transactions of two entries, ${writers === 1 ? 'one writer' : `${writers} writers`}, ${spread === 'one-pilot' ? 'all of one pilot' : 'of many pilots'}`,
      unit: 'per second',
      against: 'an insertMany of the same documents for each, majority and journal',
    },
    pairs,
  );
