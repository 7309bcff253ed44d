import { expect, test } from 'vitest';
import { startedCeremony } from './ceremony.fixture.ts';
import { newTrustee } from './ceremony.ts';
import { isDestructionSigned, signDestruction } from './destruction.ts';

test("a trustee's word that its share is destroyed holds for it and for this ceremony alone", () => {
  const { binding, secrets } = startedCeremony(2, 3);
  const word = signDestruction(binding, secrets[1]!);
  expect([1, 2, 3, 4].map((index) => isDestructionSigned(binding, index, word))).toEqual([
    false,
    true,
    false,
    false,
  ]);
  expect(isDestructionSigned(startedCeremony(2, 3).binding, 2, word)).toBe(false);
  const changed = { ...binding, hash: binding.hash.with(0, binding.hash[0]! ^ 1) };
  expect(isDestructionSigned(changed, 2, word)).toBe(false);
});

test('who is no trustee has nothing to declare', () => {
  const { binding } = startedCeremony(2, 3);
  expect(() => signDestruction(binding, newTrustee().secrets)).toThrow(
    expect.objectContaining({ code: 'not-a-trustee' }),
  );
});
