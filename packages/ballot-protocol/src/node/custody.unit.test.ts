import { beforeAll, describe, expect, test } from 'vitest';
import { newTrustee } from '../key/ceremony.ts';
import { custodyLock } from './custody.ts';
import type { CustodyFile } from './custody.ts';

const passphrase = 'seven willows and a päiväkirja';
const { secrets } = newTrustee();
const quick = 14;

describe('a custody file', () => {
  let file: CustodyFile;
  beforeAll(async () => {
    file = await custodyLock(passphrase, quick).lock('poll 1', secrets);
  });

  test('opens with its passphrase, however its letters are composed, and shows nothing without', async () => {
    expect(await custodyLock(passphrase.normalize('NFD')).unlock(file)).toEqual(secrets);
    expect(JSON.stringify(file)).not.toContain(secrets.signingKey);
  });

  test('refuses a wrong passphrase, and a file of which anything was changed', async () => {
    const locked = expect.objectContaining({ code: 'custody-locked' });
    await expect(custodyLock(`${passphrase}!`).unlock(file)).rejects.toThrow(locked);
    const zero = (text: string) => `${text.startsWith('00') ? '11' : '00'}${text.slice(2)}`;
    const { nonce, salt, ciphertext } = file;
    const changes = [
      { label: 'poll 2' },
      { work: quick + 1 },
      { nonce: zero(nonce) },
      { salt: zero(salt) },
      { ciphertext: zero(ciphertext) },
    ];
    for (const change of changes) {
      await expect(custodyLock(passphrase).unlock({ ...file, ...change })).rejects.toThrow(locked);
    }
  });

  test('refuses what is no custody file, without working on it', async () => {
    const malformed = expect.objectContaining({ code: 'custody-malformed' });
    for (const value of [null, {}, { ...file, work: 30 }, { ...file, work: 1 }, { ...file, salt: 'zz' }]) {
      await expect(custodyLock(passphrase).unlock(value)).rejects.toThrow(malformed);
    }
  });

  test('has the salt of the file that its lock opened, and a nonce of its own', async () => {
    const lock = custodyLock(passphrase);
    await lock.unlock(file);
    const next = await lock.lock('poll 2', secrets);
    expect(next).toMatchObject({ label: 'poll 2', work: quick, salt: file.salt });
    expect(next.nonce).not.toBe(file.nonce);
    expect(await custodyLock(passphrase).unlock(next)).toEqual(secrets);
  });

  test('takes no salt of a file that its lock did not open', async () => {
    const lock = custodyLock(`${passphrase}!`, quick);
    await expect(lock.unlock(file)).rejects.toThrow();
    expect((await lock.lock('poll 2', secrets)).salt).not.toBe(file.salt);
  });

  test('refuses a passphrase of fewer than 12 characters', async () => {
    await expect(custodyLock('elevenchars', quick).lock('poll 1', secrets)).rejects.toThrow(
      expect.objectContaining({ code: 'passphrase-short' }),
    );
  });
});
