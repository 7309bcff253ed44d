import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pMap from 'p-map';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playUnderChaos } from './chaos.ts';
import type { ChaoticRun } from './chaos.ts';

const run = promisify(execFile);
const talkoot = fileURLToPath(new URL('../../packages/cli/src/talkoot.ts', import.meta.url));
const seeds = [1, 2, 3];
const folders: string[] = [];

interface Outcome {
  result: {
    pilot: { phase: string };
    projects: { id: string; phase: string; votes: number; funded: boolean; score: string | null }[];
    payouts: { project: string; payee: string; amount: { amount: number }; state: string }[];
    ledger: { balanced: boolean; debit: number; credit: number };
  };
  run: { kills: string[] };
}

/** Plays the demo on a stack of its own, as a newcomer does. */
async function demo(...options: string[]): Promise<Outcome> {
  const data = await mkdtemp(join(tmpdir(), 'talkoot-journey-'));
  folders.push(data);
  const words = [talkoot, 'demo', '--json', '--data', data, ...options];
  const { stdout } = await run(process.execPath, words, { maxBuffer: 64e6, timeout: 600_000 });
  return JSON.parse(stdout) as Outcome;
}

let quiet: Outcome;
let chaotic: ChaoticRun[];
beforeAll(async () => {
  // Mostly they wait for what was killed to come back, so that two of them share a machine well.
  const plays: (() => Promise<Outcome | ChaoticRun>)[] = [
    demo,
    ...seeds.map((seed) => () => playUnderChaos(seed)),
  ];
  const [first, ...rest] = await pMap(plays, (play) => play(), { concurrency: 2, stopOnError: false });
  quiet = first as Outcome;
  chaotic = rest as ChaoticRun[];
});
afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

describe('a pilot from sponsor to payout', () => {
  it('carries every proposal to the end that its course asks for', () => {
    expect(quiet.result.pilot.phase).toBe('concluded');
    expect(Object.fromEntries(quiet.result.projects.map(({ id, phase }) => [id, phase]))).toEqual({
      'bicycle-racks': 'closed',
      'healthy-school-food': 'closed',
      'library-evenings': 'closed',
      'private-jetty': 'refused',
      'shore-path': 'not-funded',
      'skate-ramp': 'withdrawn',
      statue: 'lapsed',
    });
  });

  it('pays nobody for a failed project and everybody else once', () => {
    const { payouts } = quiet.result;
    expect(new Set(payouts.map(({ project }) => project))).toEqual(
      new Set(['bicycle-racks', 'healthy-school-food']),
    );
    expect(payouts.every(({ state }) => state === 'settled')).toBe(true);
    expect(new Set(payouts.map(({ project, payee }) => `${project}/${payee}`)).size).toBe(payouts.length);
  });

  it('keeps the ledger balanced', () => {
    expect(quiet.result.ledger).toMatchObject({ balanced: true, debit: quiet.result.ledger.credit });
  });
});

describe.each(seeds)('a pilot whose processes are killed in turn by seed %i', (seed) => {
  const run = () => chaotic.find((one) => one.seed === seed)!;

  it('meets the loss of each process', () => {
    expect(new Set(run().kills)).toEqual(
      new Set(['identity', 'ballots', 'projects', 'payments', 'worker', 'kafka', 'mongod', 'temporal']),
    );
  });

  it('ends in the same bytes as one that nothing happened to', () => {
    expect(run().result).toBe(JSON.stringify(quiet.result));
  });

  it('pays no obligation twice', () => {
    const times = Object.values(run().settlements);
    expect(times.length).toBe(quiet.result.payouts.length);
    expect(new Set(times)).toEqual(new Set([1]));
  });

  it('answers nobody with an error that no service expected', () => {
    expect(run().unexpected).toEqual([]);
  });

  it('loses no vote', () => {
    expect(run().ballots).toBeGreaterThan(60);
    expect(run().ballots).toBe(run().certificates);
  });

  it('loses no event and no command', () => {
    const { recorded, published, deadLetters, dropped } = run();
    expect(recorded.length).toBeGreaterThan(300);
    expect(recorded.filter((key) => !published.has(key))).toEqual([]);
    expect(published.size).toBe(recorded.length);
    expect(deadLetters).toBe(0);
    expect(dropped).toEqual([]);
  });
});
