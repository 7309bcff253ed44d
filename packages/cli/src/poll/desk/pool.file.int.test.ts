import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyPool } from './pool.ts';
import { poolExists, poolFile } from './pool.file.ts';
import type { Passphrases } from './pool.file.ts';

const quick = 14;
const ours = 'seven willows and a päiväkirja';
const theirs = 'an auditor keeps another one';
const key = {
  secretKey: 'ab'.repeat(32),
  certificates: ['cd'.repeat(288), 'ef'.repeat(288)] as [string, string],
};
const pool = {
  ...emptyPool({ municipalityId: 'lintula', pollId: 'pol-1', manifest: '00'.repeat(32) }, 'library'),
  keys: [key],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'talkoot-pool-'));
});
afterAll(() => rm(folder, { recursive: true }));

const at = (name: string, passphrases: Passphrases = [ours, theirs]) =>
  poolFile(join(folder, name), passphrases, quick);
const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code });

describe('the pool of a desk', () => {
  test('opens with both passphrases, however their letters are composed, and shows nothing without', async () => {
    expect(await at('one').open()).toBe(null);
    expect(await poolExists(join(folder, 'one'))).toBe(false);
    await at('one').keep(pool);
    expect(await at('one', [ours.normalize('NFD'), theirs]).open()).toEqual(pool);
    const text = await readFile(join(folder, 'one'), 'utf8');
    for (const secret of [key.secretKey, 'library', 'pol-1']) expect(text).not.toContain(secret);
  });

  test('stays shut to either officer alone, to the two in each other’s place, and when it was altered', async () => {
    await at('two').keep(pool);
    for (const wrong of [
      [ours, `${theirs}!`],
      [`${ours}!`, theirs],
      [ours, ours],
      [theirs, ours],
    ] as const)
      await refused(at('two', wrong).open(), 'pool-locked');
    const text = await readFile(join(folder, 'two'), 'utf8');
    const file = JSON.parse(text) as { salts: string[]; nonce: string; ciphertext: string };
    const changes = [
      { salts: [...file.salts].toReversed() },
      { nonce: '00'.repeat(12) },
      { work: quick + 1 },
      { ciphertext: `AAAA${file.ciphertext.slice(4)}` },
    ];
    for (const change of changes) {
      await writeFile(join(folder, 'two'), JSON.stringify({ ...file, ...change }));
      await refused(at('two').open(), 'pool-locked');
    }
    for (const text of ['', '{}', JSON.stringify({ ...file, work: 30 })]) {
      await writeFile(join(folder, 'two'), text);
      await refused(at('two').open(), 'pool-malformed');
    }
  });

  test('is made with two passphrases that differ, of 12 characters or more', async () => {
    await refused(at('three', [ours, ours]).keep(pool), 'passphrases-same');
    await refused(at('three', [ours, 'elevenchars']).keep(pool), 'passphrase-short');
    expect(await poolExists(join(folder, 'three'))).toBe(false);
  });

  test('is not overwritten by a program that knows an older one', async () => {
    const [first, second] = [at('four'), at('four')];
    await first.keep(pool);
    await refused(second.keep({ ...pool, keys: [] }), 'pool-changed');
    await second.open();
    await second.keep({ ...pool, keys: [key, key] });
    await refused(first.keep({ ...pool, keys: [] }), 'pool-changed');
    expect((await first.open())!.keys).toHaveLength(2);
  });
});
