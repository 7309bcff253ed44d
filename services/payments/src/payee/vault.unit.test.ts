import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createVault } from './vault.ts';

const [first, second] = [randomBytes(32), randomBytes(32)];
const vault = createVault(first);
const about = 'lintula/per-1';

describe('the vault', () => {
  it('gives back what it sealed, for what it was sealed for', () => {
    const sealed = vault.seal('a bank file', 'lintula/bnk-1');
    expect(vault.open(sealed, 'lintula/bnk-1')).toBe('a bank file');
    expect(() => vault.open(sealed, 'lintula/bnk-2')).toThrow();
  });
  it('gives back what a payee’s key sealed', () => {
    const key = vault.unlock(vault.newKey(about), about);
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(key.open(key.seal(text))).toBe(text);
      }),
    );
  });
  it('opens nothing with another payee’s key, for another payee, or after a change', () => {
    const wrapped = vault.newKey(about);
    const key = vault.unlock(wrapped, about);
    const sealed = key.seal('FI2112345600000785');
    expect(() => vault.unlock(vault.newKey(about), about).open(sealed)).toThrow();
    expect(() => vault.unlock(wrapped, 'lintula/per-2')).toThrow();
    const changed = { ...sealed, text: Buffer.from('other').toString('base64') };
    expect(() => key.open(changed)).toThrow();
  });
  it('seals the same text differently each time', () => {
    const key = vault.unlock(vault.newKey(about), about);
    expect(key.seal('a')).not.toEqual(key.seal('a'));
  });
  it('fingerprints equal texts of one payee alike, and tells nothing across payees', () => {
    const [wrapped, other] = [vault.newKey(about), vault.newKey(about)];
    const key = vault.unlock(wrapped, about);
    expect(key.fingerprint('a')).toBe(vault.unlock(wrapped, about).fingerprint('a'));
    expect(key.fingerprint('a')).not.toBe(vault.unlock(other, about).fingerprint('a'));
  });
  it('marks texts by its own key, which nobody else has', () => {
    expect(vault.fingerprint('a')).toBe(createVault(first).fingerprint('a'));
    expect(vault.fingerprint('a')).not.toBe(createVault(second).fingerprint('a'));
  });
  it('vouches for one text by its own key, and for no other', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, other) => {
        expect(vault.isVouched(vault.vouch(text), text)).toBe(true);
        expect(vault.isVouched(vault.vouch(text), other)).toBe(text === other);
      }),
    );
    const given = vault.vouch('a');
    expect(vault.isVouched({ ...given, mac: createVault(second).vouch('a').mac }, 'a')).toBe(false);
    expect(vault.isVouched({ ...given, mac: vault.fingerprint('a') }, 'a')).toBe(false);
    expect(vault.isVouched({ ...given, mac: '' }, 'a')).toBe(false);
  });
  it('knows what an earlier key vouched for as long as it has that key', () => {
    const given = vault.vouch('a');
    expect(createVault(second, [first]).isVouched(given, 'a')).toBe(true);
    expect(createVault(second).isVouched(given, 'a')).toBe(false);
  });
  it('unlocks by an earlier key and wraps by the current one; without the earlier one it unlocks nothing', () => {
    const wrapped = vault.newKey(about);
    const sealed = vault.unlock(wrapped, about).seal('kept');
    const rotated = createVault(second, [first]);
    const again = rotated.seal(rotated.open(wrapped, about), about);
    expect(again.by).toBe(rotated.keyId);
    expect(createVault(second).unlock(again, about).open(sealed)).toBe('kept');
    expect(() => createVault(second).unlock(wrapped, about)).toThrow(/Nobody has given/);
  });
});
