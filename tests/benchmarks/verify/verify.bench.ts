import { compareBytes, decodeLeaf, encodeBallot } from '@talkoot/ballot-protocol';
import { countLeaves, DecidingLeaves, openLotSeeds } from '@talkoot/ballot-protocol/counting';
import { leafHash } from '@talkoot/ballot-protocol/node';
import { preparePoll, publish } from '@talkoot/ballot-protocol/testing';
import type { HeldPoll } from '@talkoot/ballot-protocol/testing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sideFor, type BenchContext, type Measured } from '../bench.ts';
import { choiceOf } from '../leaves/choice.ts';
import { castLeaves } from '../leaves/leaves.ts';
import { figure } from '../report/figure.ts';
import type { Cost } from './verifier.process.ts';

const full = { ballots: 100_000, rounds: 3, inBatch: 500 };
const tiny = { ballots: 300, rounds: 1, inBatch: 100 };
/** Of larger polls there is one round: it takes minutes. */
const mostRepeated = 100_000;

/** A whole poll recounted from its files, against the bare verification of its signatures and seals. */
export async function measureVerify(context: BenchContext): Promise<Measured> {
  const sizes = sizesFor(context);
  const poll = await preparePoll({}, sizes.ballots);
  const folder = await mkdtemp(join(tmpdir(), 'talkoot-bench-verify-'));
  context.cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
  context.progress.stage(`casting ${sizes.ballots} ballots`);
  const ballots = await castLeaves(context, poll, sizes.ballots);
  context.progress.stage('publishing');
  for (const [name, bytes] of publish(poll, recordOf(poll, ballots, sizes.inBatch)))
    await writeFile(join(folder, name), bytes);

  const rounds: { ours: Cost; bare: Cost }[] = [];
  for (let round = 1; round <= sizes.rounds; round += 1) {
    context.progress.stage(`round ${round} of ${sizes.rounds}`);
    // A process for each, so that memory is what this work alone needs.
    const ours = await inProcess<Cost>(context, folder, 'verify');
    const bare = await inProcess<Cost>(context, folder, 'bare', poll.secretKey);
    rounds.push({ ours, bare });
  }
  const against = 'its signatures and seals alone, in one thread';
  const of = (name: string, title: string, unit: string, value: (cost: Cost) => number) =>
    figure(
      { name, title, unit, against },
      rounds.map(({ ours, bare }) => ({ ours: value(ours), baseline: value(bare) })),
    );
  return {
    sizes,
    figures: [
      of('cpu', `processor time for ${sizes.ballots} ballots`, 's', ({ cpuSeconds }) => cpuSeconds),
      of('wall', `time for ${sizes.ballots} ballots`, 's', ({ seconds }) => seconds),
      of('memory', 'most memory held', 'MiB', ({ peakMiB }) => peakMiB),
    ],
  };
}

function sizesFor({ quick, ballots }: BenchContext): typeof full {
  if (quick) return tiny;
  if (ballots === undefined) return full;
  return { ...full, ballots, rounds: ballots > mostRepeated ? 1 : full.rounds };
}

async function inProcess<T>(
  context: BenchContext,
  folder: string,
  method: string,
  ...args: unknown[]
): Promise<T> {
  const side = await sideFor(context, '../verify/verifier.process.ts', { args: [folder] });
  try {
    return await side.call<T>(method, ...args);
  } finally {
    await side.stop();
  }
}

/** As a board publishes them: ascending by leaf hash. */
function inOrder(batch: readonly Uint8Array[]): Uint8Array[] {
  const hashed = batch.map((leaf) => ({ leaf, hash: leafHash(leaf) }));
  return hashed.toSorted((one, other) => compareBytes(one.hash, other.hash)).map(({ leaf }) => leaf);
}

function recordOf(poll: HeldPoll, ballots: readonly Uint8Array[], inBatch: number) {
  const batches = Array.from({ length: Math.ceil(ballots.length / inBatch) }, (_, place) =>
    inOrder(ballots.slice(place * inBatch, (place + 1) * inBatch)),
  );
  return {
    batches,
    issued: [poll.rolls[0].toSorted(compareBytes), poll.rolls[1].toSorted(compareBytes)] as const,
    complaints: [],
    release: { shares: poll.shares.slice(1).map((one) => ({ ...one })) },
    desks: [],
    result: resultOf(poll, ballots),
  };
}

/** What the verifier has to find; counted from what the ballots were made of, which is sooner than opening them. */
function resultOf({ binding, secretKey }: HeldPoll, ballots: readonly Uint8Array[]) {
  const { manifest } = binding;
  const deciding = new DecidingLeaves(manifest.ballot.length);
  for (const [voter, bytes] of ballots.entries()) {
    const { publicKey, sequence } = decodeLeaf(manifest, bytes)!;
    const plaintext = encodeBallot(manifest, { type: 'approval', places: choiceOf(voter) });
    deciding.take(publicKey, { sequence, hash: leafHash(bytes), plaintext });
  }
  return countLeaves(binding, deciding, openLotSeeds(manifest, secretKey)).result;
}
