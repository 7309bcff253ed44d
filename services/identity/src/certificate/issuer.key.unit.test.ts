import { signBlinded } from '@talkoot/ballot-protocol/issuer';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keyCustody } from './issuer.key.ts';

const custodyKey = randomBytes(32);

describe('the stored key of a poll', () => {
  it('opens under the custody key of the issuer only, and only for its poll', async () => {
    const custody = keyCustody(custodyKey);
    const { modulus, sealed } = await custody.newKey('pol-1');
    expect(custody.open('pol-1', sealed).modulus).toBe(modulus);
    expect(() => custody.open('pol-2', sealed)).toThrow();
    expect(() => keyCustody(randomBytes(32)).open('pol-1', sealed)).toThrow();
    sealed[20]! ^= 1;
    expect(() => custody.open('pol-1', sealed)).toThrow();
  });

  it('is another for each poll and shows nothing of itself', async () => {
    const custody = keyCustody(custodyKey);
    const [one, two] = [await custody.newKey('pol-1'), await custody.newKey('pol-1')];
    expect(one.modulus).not.toBe(two.modulus);
    expect(one.sealed.toString('latin1')).not.toContain('PRIVATE KEY');
  });

  it('signs the same for the same blinded message', async () => {
    const custody = keyCustody(custodyKey);
    const { sealed } = await custody.newKey('pol-1');
    const blinded = Buffer.concat([Buffer.from([1]), randomBytes(255)]);
    const sign = () => Buffer.from(signBlinded(custody.open('pol-1', sealed), blinded)).toString('hex');
    expect(sign()).toBe(sign());
  });
});
