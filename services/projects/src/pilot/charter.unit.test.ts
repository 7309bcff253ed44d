import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { charter, eur } from '../projects.fixture.ts';
import { charterHash, requireAmendable, requireSoundCharter } from './charter.ts';
import { limitOf, requirePermission } from './permission.ts';

const refused = (code: string) => expect.objectContaining({ code });

describe('a charter', () => {
  it('is sound when its shares add up, its waits exist and its zone is known', () => {
    expect(() => requireSoundCharter(charter)).not.toThrow();
  });
  it('splits the money wholly, whatever the shares', () => {
    const parts = fc.tuple(fc.nat(500), fc.nat(500), fc.nat(500)).filter(([a, b, c]) => a + b + c > 0);
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 5 }), ([a, b, c], off) => {
        const funds = (whole: number) => ({
          round: `${a}/${whole}`,
          bonus: `${b}/${whole}`,
          outcome: `${c}/${whole}`,
        });
        expect(() => requireSoundCharter({ ...charter, funds: funds(a + b + c) })).not.toThrow();
        expect(() => requireSoundCharter({ ...charter, funds: funds(a + b + c + off) })).toThrow(
          refused('charter-shares'),
        );
      }),
    );
  });
  it('has one hash, in whatever order its fields come', () => {
    const turned = Object.fromEntries(Object.entries(charter).toReversed()) as typeof charter;
    expect(charterHash(turned)).toBe(charterHash(charter));
    expect(charterHash({ ...charter, threshold: '1/21' })).not.toBe(charterHash(charter));
  });
  it('is amended only in what nothing rests on yet', () => {
    expect(() => requireAmendable(charter, { ...charter, threshold: '1/10' })).not.toThrow();
    const funds = { round: '1/2', bonus: '1/4', outcome: '1/4' };
    expect(() => requireAmendable(charter, { ...charter, funds })).toThrow(refused('amendment-untouchable'));
  });
});

describe('a permission', () => {
  const amounts = fc.integer({ min: 1, max: 10 ** 12 });
  it('grants at most the share of the budget and at most the cap, to the cent', () => {
    fc.assert(
      fc.property(amounts, amounts, fc.integer({ min: 1, max: 1000 }), (budget, cap, permille) => {
        const exact = (BigInt(budget) * BigInt(permille)) / 1000n;
        fc.pre(exact > 0n);
        const grant = { share: `${permille}/1000`, adoptedBudget: eur(budget) };
        const limit = BigInt(limitOf(grant, eur(cap), 'EUR').amount);
        expect(limit).toBe(exact < BigInt(cap) ? exact : BigInt(cap));
      }),
    );
  });
  it('is in force while the pilot runs and until it expires', () => {
    const permission = { expiresAt: '2027-06-01T00:00:00.000Z' };
    const at = (time: string) => () => requirePermission({ phase: 'running', permission }, new Date(time));
    expect(at('2027-05-31T23:59:59.999Z')).not.toThrow();
    expect(at('2027-06-01T00:00:00.000Z')).toThrow(refused('permission-needed'));
    expect(() => requirePermission({ phase: 'sponsored', permission: null }, new Date())).toThrow(
      refused('permission-needed'),
    );
  });
});
