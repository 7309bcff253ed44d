import { randomDatabaseUrl, type TestServers } from '@talkoot/local-stack/testing';
import { serversFor, sideFor, type BenchContext, type Measured } from '../bench.ts';
import { figure, quantile, type Pair } from '../report/figure.ts';
import type { Side } from '../side/side.ts';
import { idleUsage } from '../side/usage.ts';
import type { Some } from './sending.ts';

const full = {
  rounds: 5,
  paced: 300,
  everyMs: 20,
  single: 1_000,
  atOnce: 16,
  together: 2_000,
  idleMs: 10_000,
};
const tiny = { rounds: 1, paced: 10, everyMs: 20, single: 20, atOnce: 4, together: 40, idleMs: 500 };
type Sizes = typeof full;

/** One way from who speaks to who hears. */
interface Way {
  readonly from: Side;
  readonly to: Side;
  /** Events sent so far: the number of the next one. */
  sent: number;
}

interface Round {
  readonly p50: number;
  readonly p99: number;
  readonly single: number;
  readonly together: number;
}

/** Events from a committed transaction to a committed effect, against kafkajs alone with the same messages. */
export async function measureEvents(context: BenchContext): Promise<Measured> {
  const sizes = context.quick ? tiny : full;
  const servers = await serversFor(context, ['mongod', 'kafka']);
  const { ours, bare } = await openWays(context, servers);
  context.progress.stage('warming up');
  const warmUp = { ...sizes, paced: Math.ceil(sizes.paced / 3), single: Math.ceil(sizes.single / 2) };
  for (const way of [ours, bare]) await playRound(way, warmUp);
  const rounds: { ours: Round; bare: Round }[] = [];
  for (let round = 1; round <= sizes.rounds; round += 1) {
    context.progress.stage(`round ${round} of ${sizes.rounds}: commit to effect`);
    const ofOurs = await playRound(ours, sizes);
    context.progress.stage(`round ${round} of ${sizes.rounds}: kafkajs alone`);
    rounds.push({ ours: ofOurs, bare: await playRound(bare, sizes) });
  }
  await refuseLosses(ours);
  context.progress.stage('nothing happens');
  const idle = await measureIdle({ ours, bare }, sizes);
  return { sizes, figures: figuresOf(sizes, rounds, idle) };
}

async function openWays(context: BenchContext, servers: TestServers): Promise<{ ours: Way; bare: Way }> {
  const database = randomDatabaseUrl(servers.mongodbUrl);
  const args = [database, servers.kafkaBrokers];
  const [speaker, listener, consumer] = await Promise.all([
    sideFor(context, '../events/speaker.process.ts', { args }),
    sideFor(context, '../events/listener.process.ts', { args }),
    sideFor(context, '../events/bare.process.ts', { args: ['consumer', servers.kafkaBrokers] }),
  ]);
  // Its topic is created by the consumer.
  const producer = await sideFor(context, '../events/bare.process.ts', {
    args: ['producer', servers.kafkaBrokers],
  });
  await Promise.all([running(listener), running(consumer)]);
  return { ours: { from: speaker, to: listener, sent: 0 }, bare: { from: producer, to: consumer, sent: 0 } };
}

async function running(consumer: Side): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await consumer.call<boolean>('isRunning'))) {
    if (performance.now() > end) throw new Error('a consumer did not join its group');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function playRound(way: Way, sizes: Sizes): Promise<Round> {
  const paced = next(way, sizes.paced);
  const sentAt = await way.from.call<number[]>('atPace', paced, sizes.everyMs);
  const tookEffect = await way.to.call<number[]>('effects', paced);
  const delays = tookEffect.map((at, index) => at - (sentAt[index] ?? at));

  const single = next(way, sizes.single);
  const singleBegun = await way.from.call<number>('atOnce', single, sizes.atOnce);
  const singleDone = Math.max(...(await way.to.call<number[]>('effects', single)));

  const together = next(way, sizes.together);
  const togetherBegun = await way.from.call<number>('together', together);
  const togetherDone = Math.max(...(await way.to.call<number[]>('effects', together)));
  return {
    p50: quantile(delays, 0.5),
    p99: quantile(delays, 0.99),
    single: (sizes.single / (singleDone - singleBegun)) * 1_000,
    together: (sizes.together / (togetherDone - togetherBegun)) * 1_000,
  };
}

function next(way: Way, count: number): Some {
  const some = { first: way.sent, count };
  way.sent += count;
  return some;
}

/** A fast bus that loses or doubles something is worth nothing. */
async function refuseLosses({ to, sent }: Way): Promise<void> {
  const { effects, deadLetters } = await to.call<{ effects: number; deadLetters: number }>('outcome');
  if (effects !== sent || deadLetters > 0) {
    throw new Error(`${sent} events had ${effects} effects and left ${deadLetters} dead letters`);
  }
}

async function measureIdle({ ours, bare }: { ours: Way; bare: Way }, { idleMs }: Sizes): Promise<Pair> {
  const pids = [ours.from.pid, ours.to.pid, bare.from.pid, bare.to.pid];
  const [speaker, listener, producer, consumer] = await idleUsage(pids, idleMs);
  const percentOf = (...used: (typeof speaker)[]) => used.reduce((sum, one) => sum + (one?.percent ?? 0), 0);
  return { ours: percentOf(speaker, listener), baseline: percentOf(producer, consumer) };
}

function figuresOf(sizes: Sizes, rounds: readonly { ours: Round; bare: Round }[], idle: Pair) {
  const each = (name: string, what: keyof Round, title: string, unit: string, against: string) =>
    figure(
      { name, title, unit, against },
      rounds.map(({ ours, bare }) => ({ ours: ours[what], baseline: bare[what] })),
    );
  const rate = Math.round(1_000 / sizes.everyMs);
  const handedOver = 'kafkajs alone, from send to handed over';
  return [
    each('delay-p50', 'p50', `commit to effect at ${rate} events per second, p50`, 'ms', handedOver),
    each('delay-p99', 'p99', `commit to effect at ${rate} events per second, p99`, 'ms', handedOver),
    each(
      'events-per-second-single',
      'single',
      `events, a transaction each, ${sizes.atOnce} at once`,
      'per second',
      'kafkajs alone, a send each',
    ),
    each(
      'events-per-second-together',
      'together',
      `events, ${sizes.together} committed together`,
      'per second',
      'kafkajs alone, sent together',
    ),
    figure(
      {
        name: 'idle-cpu',
        title: 'relay and consumer while nothing happens',
        unit: '% of a core',
        against: 'producer and consumer of kafkajs alone',
      },
      [idle],
    ),
  ];
}
