import { beforeAll, describe, expect, test } from 'vitest';
import { newTrustee } from './ceremony.ts';
import { lockCustody, unlockCustody } from './custody.ts';
import type { CustodyFile } from './custody.ts';

const passphrase = 'seven willows and a päiväkirja';
const { secrets } = newTrustee();
const quick = 14;

describe('a custody file', () => {
  let file: CustodyFile;
  beforeAll(async () => {
    file = await lockCustody(passphrase, 'poll 1', secrets, quick);
  });

  test('opens with its passphrase, however its letters are composed, and shows nothing without', async () => {
    expect(await unlockCustody(passphrase.normalize('NFD'), file)).toEqual(secrets);
    expect(JSON.stringify(file)).not.toContain(secrets.signingKey);
  });

  test('refuses a wrong passphrase, and a file of which anything was changed', async () => {
    const locked = expect.objectContaining({ code: 'custody-locked' });
    await expect(unlockCustody(`${passphrase}!`, file)).rejects.toThrow(locked);
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
      await expect(unlockCustody(passphrase, { ...file, ...change })).rejects.toThrow(locked);
    }
  });

  test('refuses what is no custody file, without working on it', async () => {
    const malformed = expect.objectContaining({ code: 'custody-malformed' });
    for (const value of [null, {}, { ...file, work: 30 }, { ...file, work: 1 }, { ...file, salt: 'zz' }]) {
      await expect(unlockCustody(passphrase, value)).rejects.toThrow(malformed);
    }
  });

  test('refuses a passphrase of fewer than 12 characters', async () => {
    await expect(lockCustody('elevenchars', 'poll 1', secrets, quick)).rejects.toThrow(
      expect.objectContaining({ code: 'passphrase-short' }),
    );
  });
});
