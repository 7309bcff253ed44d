import { signBlinded } from '@talkoot/ballot-protocol/issuer';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keyCustody } from './key.custody.ts';

const custodyKey = randomBytes(32);
const custody = keyCustody(custodyKey);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('the stored key of a poll', () => {
  it('opens under the custody key of the issuer only, and only for its poll', async () => {
    const { modulus, sealedKey } = await custody.newKey('pol-1');
    expect(custody.openKey('pol-1', sealedKey).modulus).toBe(modulus);
    expect(() => custody.openKey('pol-2', sealedKey)).toThrow();
    expect(() => keyCustody(randomBytes(32)).openKey('pol-1', sealedKey)).toThrow();
    sealedKey[20]! ^= 1;
    expect(() => custody.openKey('pol-1', sealedKey)).toThrow();
  });

  it('is another for each poll and shows nothing of itself', async () => {
    const [one, two] = [await custody.newKey('pol-1'), await custody.newKey('pol-1')];
    expect(one.modulus).not.toBe(two.modulus);
    expect(one.sealedKey.toString('latin1')).not.toContain('PRIVATE KEY');
  });

  it('signs the same for the same blinded message', async () => {
    const { sealedKey } = await custody.newKey('pol-1');
    const blinded = Buffer.concat([Buffer.from([1]), randomBytes(255)]);
    const sign = () => hex(signBlinded(custody.openKey('pol-1', sealedKey), blinded));
    expect(sign()).toBe(sign());
  });
});
