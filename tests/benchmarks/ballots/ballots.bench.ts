import { randomDatabaseUrl } from '@talkoot/local-stack/testing';
import { serversFor, sideFor, type BenchContext, type Measured } from '../bench.ts';
import { castLeaves } from '../leaves/leaves.ts';
import { figure, quantile } from '../report/figure.ts';
import type { Side } from '../side/side.ts';
import { startBallots } from './ballots.service.ts';
import type { Sending, Sent } from './sender.process.ts';

const full = { rounds: 5, warmUp: 2_000, ballots: 4_000, atOnce: 64, batchSize: 30 };
const tiny = { rounds: 1, warmUp: 20, ballots: 100, atOnce: 16, batchSize: 3 };

interface Round {
  readonly ours: Sent;
  readonly insert: Sent;
  readonly echo: Sent;
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
  const play = async (bodies: readonly Uint8Array[]): Promise<Round> => {
    const { atOnce } = sizes;
    const octets = { url: service.castUrl, contentType: 'application/octet-stream', bodies, atOnce };
    const json = { url: echoUrl, contentType: 'application/json', bodies: bodies.map(asJson), atOnce };
    return {
      ours: await send(sender, octets),
      insert: await inserter.call<Sent>('insert', bodies, atOnce),
      echo: await send(sender, json),
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
    value: (sent: Sent) => number,
  ) =>
    figure(
      { name, title, unit, against: against[baseline] },
      rounds.map((round) => ({ ours: value(round.ours), baseline: value(round[baseline]) })),
    );
  const accepted = `accepted and durable ballots, ${atOnce} at once`;
  const time = (share: number) => (sent: Sent) => quantile(sent.each, share);
  return [
    of(['ballots-per-second', accepted, 'per second'], 'insert', perSecond),
    of(['ballots-per-second-against-echo', accepted, 'per second'], 'echo', perSecond),
    of(['p50', 'time until a ballot is promised, p50', 'ms'], 'insert', time(0.5)),
    of(['p99', 'time until a ballot is promised, p99', 'ms'], 'insert', time(0.99)),
    of(['p50-against-echo', 'the same, p50', 'ms'], 'echo', time(0.5)),
    of(['p99-against-echo', 'the same, p99', 'ms'], 'echo', time(0.99)),
  ];
}

const against = {
  insert: 'an insert of the driver for each, majority and journal, without checks and HTTP',
  echo: 'Express that echoes it as JSON',
} as const;
