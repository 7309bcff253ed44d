import { execa } from 'execa';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ports = fileURLToPath(new URL('ports.ts', import.meta.url));

test('processes that run at the same time are handed different ports', async () => {
  const program = `
    const { freePort } = await import(${JSON.stringify(ports)});
    const mine = [];
    for (let at = 0; at < 300; at += 1) mine.push(await freePort());
    // It ends, and gives them up, when nobody listens to it any more.
    process.send(mine);
  `;
  const asking = Array.from({ length: 3 }, () =>
    execa(process.execPath, ['--input-type=module', '--eval', program], { ipc: true, timeout: 30_000 }),
  );
  const handed = (await Promise.all(asking.map((one) => one.getOneMessage()))) as number[][];
  for (const one of asking) one.disconnect?.();
  await Promise.all(asking);
  expect(handed.flat()).toHaveLength(900);
  expect(new Set(handed.flat()).size).toBe(900);
});
