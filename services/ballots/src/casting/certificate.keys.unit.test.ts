import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { certificateKeys } from './certificate.keys.ts';

it('asks identity again for an unknown key, but not for each of a flood of them', async () => {
  const publicKey = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x!;
  let [asked, now] = [0, 0];
  const published = [{ keyId: 'one', publicKey }];
  const keys = certificateKeys(
    async () => ((asked += 1), published),
    () => now,
  );
  await Promise.all(Array.from({ length: 20 }, () => keys.find('one')));
  expect(asked).toBe(1);
  for (let n = 0; n < 100; n += 1) expect(await keys.find(`made-up-${n}`)).toBeNull();
  expect(asked).toBe(1);
  published.push({ keyId: 'two', publicKey });
  now += 5_000;
  expect(await keys.find('two')).not.toBeNull();
  expect(asked).toBe(2);
});
