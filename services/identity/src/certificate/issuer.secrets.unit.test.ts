import { lotCommitment } from '@talkoot/ballot-protocol';
import { signBlinded } from '@talkoot/ballot-protocol/issuer';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { secretCustody } from './issuer.secrets.ts';

const custodyKey = randomBytes(32);
const custody = secretCustody(custodyKey);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('the stored key of a poll', () => {
  it('opens under the custody key of the issuer only, and only for its poll', async () => {
    const { modulus, sealedKey } = await custody.newSecrets('pol-1');
    expect(custody.openKey('pol-1', sealedKey).modulus).toBe(modulus);
    expect(() => custody.openKey('pol-2', sealedKey)).toThrow();
    expect(() => secretCustody(randomBytes(32)).openKey('pol-1', sealedKey)).toThrow();
    sealedKey[20]! ^= 1;
    expect(() => custody.openKey('pol-1', sealedKey)).toThrow();
  });

  it('is another for each poll and shows nothing of itself', async () => {
    const [one, two] = [await custody.newSecrets('pol-1'), await custody.newSecrets('pol-1')];
    expect(one.modulus).not.toBe(two.modulus);
    expect(one.sealedKey.toString('latin1')).not.toContain('PRIVATE KEY');
  });

  it('signs the same for the same blinded message', async () => {
    const { sealedKey } = await custody.newSecrets('pol-1');
    const blinded = Buffer.concat([Buffer.from([1]), randomBytes(255)]);
    const sign = () => hex(signBlinded(custody.openKey('pol-1', sealedKey), blinded));
    expect(sign()).toBe(sign());
  });
});

describe('the stored seed of the lot', () => {
  it('is what was committed to, and opens only for its poll and under the custody key', async () => {
    const secrets = await custody.newSecrets('pol-1');
    const seed = custody.openSeed('pol-1', secrets.sealedSeed);
    expect(seed).toHaveLength(32);
    expect(hex(lotCommitment(seed))).toBe(secrets.lotCommitment);
    expect(() => custody.openSeed('pol-2', secrets.sealedSeed)).toThrow();
    expect(() => secretCustody(randomBytes(32)).openSeed('pol-1', secrets.sealedSeed)).toThrow();
  });

  it('is fresh each time and shows nothing of itself', async () => {
    const [one, two] = [await custody.newSecrets('pol-1'), await custody.newSecrets('pol-1')];
    expect(one.lotCommitment).not.toBe(two.lotCommitment);
    expect(hex(one.sealedSeed)).not.toContain(hex(custody.openSeed('pol-1', one.sealedSeed)));
  });

  it('does not open in the place of the key, nor the key in its place', async () => {
    const { sealedKey, sealedSeed } = await custody.newSecrets('pol-1');
    expect(() => custody.openKey('pol-1', sealedSeed)).toThrow(/authenticate/);
    expect(() => custody.openSeed('pol-1', sealedKey)).toThrow(/authenticate/);
  });
});
