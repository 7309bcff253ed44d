import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { plants } from './plants.ts';
import type { Report } from './simulate.ts';

const program = fileURLToPath(new URL('simulate.ts', import.meta.url));

/** The program as it is run by hand: it seals clock and randomness of threads of its own. */
async function simulate(...words: string[]): Promise<Report> {
  const child = spawn(process.execPath, [program, ...words, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(await text(child.stdout)) as Report;
}

describe('the simulation of payouts', { timeout: 600_000 }, () => {
  it('holds every rule in 300 runs', async () => {
    expect(await simulate('--seeds', '300')).toMatchObject({ clean: 300, failure: null });
  });

  it('is the same history for the same seed', async () => {
    const [first, second] = [await simulate('--seeds', '20'), await simulate('--seeds', '20')];
    expect(first.steps).toBeGreaterThan(1_000);
    expect(second.hash).toBe(first.hash);
  });

  it.for(Object.keys(plants))('finds %s within 200 runs', async (plant) => {
    const { failure } = await simulate('--seeds', '200', '--plant', plant);
    expect(failure?.says).toEqual(expect.any(String));
    expect(failure?.again).toBe(`npm run simulate -- --seed ${failure?.seed} --plant ${plant}`);
  });
});
