import { randomDatabaseUrl } from '@talkoot/local-stack/testing';
import { serversFor, sideFor, type BenchContext, type Measured } from '../bench.ts';
import { castLeaves } from '../leaves/leaves.ts';
import { figure, quantile } from '../report/figure.ts';
import type { Side } from '../side/side.ts';
import { usageOf } from '../side/usage.ts';
import { startBallots } from './ballots.service.ts';
import type { Sending, Sent } from './sender.process.ts';

const full = { rounds: 5, warmUp: 4_000, ballots: 4_000, atOnce: 64, batchSize: 30 };
const tiny = { rounds: 1, warmUp: 20, ballots: 100, atOnce: 16, batchSize: 3 };

/** Processor time of all threads for each ballot, in milliseconds: of who does the work, of MongoDB and of who sends. */
interface Played extends Sent {
  readonly cpu: Readonly<Record<'worker' | 'database' | 'sender', number>>;
}
interface Round {
  readonly ours: Played;
  readonly insert: Played;
  readonly echo: Played;
}

/** Ballots that are checked, durable and promised, against inserts alone and against Express alone. */
export async function measureBallots(context: BenchContext): Promise<Measured> {
  const sizes = context.quick ? tiny : full;
  const servers = await serversFor(context, ['mongod', 'kafka']);
  const database = randomDatabaseUrl(servers.mongodbUrl);
  const service = await startBallots(context, servers, database, sizes.batchSize);
  const sender = await sideFor(context, '../ballots/sender.process.ts');
  const inserter = await sideFor(context, '../ballots/insert.process.ts', { args: [database] });
  const echo = await sideFor(context, '../ballots/echo.process.ts');
  const echoUrl = await echo.call<string>('url');

  const number = sizes.warmUp + sizes.rounds * sizes.ballots;
  context.progress.stage(`making ${number} leaves`);
  const leaves = await castLeaves(context, service.poll, number);
  const accounted = accounting({ database: servers.pid('mongod')!, sender: sender.pid });
  const play = async (bodies: readonly Uint8Array[]): Promise<Round> => {
    const { atOnce } = sizes;
    const octets = { url: service.castUrl, contentType: 'application/octet-stream', bodies, atOnce };
    const json = { url: echoUrl, contentType: 'application/json', bodies: bodies.map(asJson), atOnce };
    return {
      ours: await accounted(service.pid, () => send(sender, octets)),
      insert: await accounted(inserter.pid, () => inserter.call<Sent>('insert', bodies, atOnce)),
      echo: await accounted(echo.pid, () => send(sender, json)),
    };
  };
  context.progress.stage('warming up');
  await play(leaves.slice(0, sizes.warmUp));
  const rounds: Round[] = [];
  for (let round = 1; round <= sizes.rounds; round += 1) {
    context.progress.stage(`round ${round} of ${sizes.rounds}`);
    const from = sizes.warmUp + (round - 1) * sizes.ballots;
    rounds.push(await play(leaves.slice(from, from + sizes.ballots)));
  }
  await refuseLosses(service, number);
  return { sizes, figures: figuresOf(sizes, rounds) };
}

/** Adds to what was sent the processor time that it took these processes. */
function accounting(others: { readonly database: number; readonly sender: number }) {
  return async (worker: number, work: () => Promise<Sent>): Promise<Played> => {
    const pids = { worker, ...others };
    const used = () => mapped(pids, (pid) => usageOf(pid).cpuSeconds);
    const before = used();
    const sent = await work();
    const after = used();
    const cpu = mapped(pids, (_, name) => ((after[name] - before[name]) * 1_000) / sent.each.length);
    return { ...sent, cpu };
  };
}

function mapped<K extends string>(
  values: Readonly<Record<K, number>>,
  by: (value: number, name: K) => number,
): Record<K, number> {
  const entries = Object.entries<number>(values) as [K, number][];
  return Object.fromEntries(entries.map(([name, value]) => [name, by(value, name)])) as Record<K, number>;
}

const send = (sender: Side, sending: Sending) => sender.call<Sent>('send', sending);

/** The same bytes as JSON can hold them. */
const asJson = (leaf: Uint8Array) =>
  Buffer.from(JSON.stringify({ leaf: Buffer.from(leaf).toString('base64') }));

/** A fast service that loses a ballot, or publishes none, is worth nothing. */
async function refuseLosses(
  service: Awaited<ReturnType<typeof startBallots>>,
  number: number,
): Promise<void> {
  const { stored, published } = await service.outcome();
  if (stored !== number || published === 0)
    throw new Error(`of ${number} ballots ${stored} were stored and ${published} published`);
}

function figuresOf({ atOnce, ballots }: typeof full, rounds: readonly Round[]) {
  const perSecond = ({ ms }: Sent) => (ballots / ms) * 1_000;
  const of = (
    [name, title, unit]: readonly [string, string, string],
    baseline: 'insert' | 'echo',
    value: (played: Played) => number,
  ) =>
    figure(
      { name, title, unit, against: against[baseline] },
      rounds.map((round) => ({ ours: value(round.ours), baseline: value(round[baseline]) })),
    );
  const accepted = `accepted and durable ballots, ${atOnce} at once`;
  const time = (share: number) => (sent: Sent) => quantile(sent.each, share);
  const cpu =
    (of: keyof Played['cpu']) =>
    ({ cpu: used }: Played) =>
      used[of];
  return [
    of(['ballots-per-second', accepted, 'per second'], 'insert', perSecond),
    of(['ballots-per-second-against-echo', accepted, 'per second'], 'echo', perSecond),
    of(['p50', 'time until a ballot is promised, p50', 'ms'], 'insert', time(0.5)),
    of(['p99', 'time until a ballot is promised, p99', 'ms'], 'insert', time(0.99)),
    of(['p50-against-echo', 'the same, p50', 'ms'], 'echo', time(0.5)),
    of(['p99-against-echo', 'the same, p99', 'ms'], 'echo', time(0.99)),
    of(['service-cpu', 'processor time of the service for each ballot', 'ms'], 'echo', cpu('worker')),
    of(['database-cpu', 'processor time of MongoDB for each ballot', 'ms'], 'insert', cpu('database')),
    of(['sender-cpu', 'processor time of who sends, for each ballot', 'ms'], 'echo', cpu('sender')),
  ];
}

const against = {
  insert: 'an insert of the driver for each, majority and journal, without checks and HTTP',
  echo: 'Express that echoes it as JSON',
} as const;
