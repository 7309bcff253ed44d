import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkedIban, maskIban } from './payee.ts';
import { createVault } from './vault.ts';

describe('an IBAN', () => {
  it('is accepted with spaces and stored without', () => {
    expect(checkedIban('FI21 1234 5600 0007 85')).toBe('FI2112345600000785');
  });
  it.each(['FI2112345600000786', 'XX2112345600000785', 'FI21', 'not an iban at all'])(
    '%s is refused',
    (text) => {
      expect(() => checkedIban(text)).toThrow(expect.objectContaining({ code: 'iban-invalid' }));
    },
  );
  it('is shown without its middle', () => {
    expect(maskIban('FI2112345600000785')).toBe('FI•• •••• 0785');
  });
});

describe('the vault', () => {
  const vault = createVault(randomBytes(32));

  it('gives back what it sealed', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, about) => {
        expect(vault.open(vault.seal(text, about), about)).toBe(text);
      }),
    );
  });
  it('opens nothing for another payee, with another key or after a change', () => {
    const sealed = vault.seal('FI2112345600000785', 'lintula/per-1');
    expect(() => vault.open(sealed, 'lintula/per-2')).toThrow();
    expect(() => createVault(randomBytes(32)).open(sealed, 'lintula/per-1')).toThrow();
    const changed = { ...sealed, text: Buffer.from('other').toString('base64') };
    expect(() => vault.open(changed, 'lintula/per-1')).toThrow();
  });
  it('seals the same text differently each time and fingerprints it the same', () => {
    expect(vault.seal('a', 'b')).not.toEqual(vault.seal('a', 'b'));
    expect(vault.fingerprint('a')).toBe(vault.fingerprint('a'));
    expect(vault.fingerprint('a')).not.toBe(createVault(randomBytes(32)).fingerprint('a'));
  });
});
