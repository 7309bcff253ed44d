import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const talkoot = fileURLToPath(new URL('../../packages/cli/src/talkoot.ts', import.meta.url));
const folders: string[] = [];

interface Outcome {
  result: {
    pilot: { phase: string };
    projects: { id: string; phase: string; votes: number; funded: boolean; score: string | null }[];
    polls: { kind: string; outcome: string; ballots: number; onPaper: number; recounted: string | null }[];
    payouts: { project: string; payee: string; amount: { amount: number }; state: string }[];
    outcomes: { project: string; amount: string; currency: string; reason: string }[];
    ledger: { balanced: boolean; debit: number; credit: number };
    reconciliation: {
      rejected: number;
      returned: number;
      paid: number;
      inTransit: number;
      complete: boolean;
    };
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

describe('a pilot from sponsor to payout', () => {
  let quiet: Outcome;
  beforeAll(async () => {
    quiet = await demo();
  });
  afterAll(async () => {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  });

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

  it('holds sealed polls that everybody recounts', () => {
    const { polls } = quiet.result;
    expect(polls.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 3 }, () => 'bonus'),
      ...Array.from({ length: 3 }, () => 'criteria'),
      'prioritisation',
    ]);
    for (const { outcome, recounted } of polls) expect([outcome, recounted]).toEqual(['counted', '19/19']);
    expect(polls.at(-1)).toMatchObject({ ballots: 60, onPaper: 4 });
  });

  it('pays nobody for a failed project and everybody else once', () => {
    const { payouts } = quiet.result;
    expect(new Set(payouts.map(({ project }) => project))).toEqual(
      new Set(['bicycle-racks', 'healthy-school-food']),
    );
    expect(payouts.every(({ state }) => state === 'settled')).toBe(true);
    expect(new Set(payouts.map(({ project, payee }) => `${project}/${payee}`)).size).toBe(payouts.length);
  });

  it('pays an investor by the outcome contract, to the cent, beside the bonus', () => {
    const { outcomes, payouts } = quiet.result;
    expect(outcomes).toEqual([
      { project: 'bicycle-racks', amount: '4425.00', currency: 'EUR', reason: 'paid' },
    ]);
    const invested = payouts.filter(({ payee }) => payee === 'investor');
    expect(invested.map(({ amount, state }) => [amount.amount, state])).toEqual([[442_500, 'settled']]);
  });

  it('pays through bank files, and reconciles to the cent after a rejection and a return', () => {
    const { reconciliation, payouts } = quiet.result;
    const paid = payouts.reduce((sum, { amount }) => sum + amount.amount, 0);
    expect(reconciliation).toMatchObject({ rejected: 1, returned: 1, paid, inTransit: 0, complete: true });
  });

  it('keeps the ledger balanced', () => {
    expect(quiet.result.ledger).toMatchObject({ balanced: true, debit: quiet.result.ledger.credit });
  });
});
