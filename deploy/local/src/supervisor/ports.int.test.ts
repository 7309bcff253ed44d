import { execa } from 'execa';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ports = fileURLToPath(new URL('ports.ts', import.meta.url));

test('processes that run at the same time are handed different ports', async () => {
  const program = `
    const { freePort } = await import(${JSON.stringify(ports)});
    const mine = [];
    for (let at = 0; at < 300; at += 1) mine.push(await freePort());
    process.send(mine);
    // Holds them until everybody has theirs.
    setInterval(() => {}, 1_000);
  `;
  const asking = Array.from({ length: 3 }, () =>
    execa(process.execPath, ['--input-type=module', '--eval', program], {
      ipc: true,
      reject: false,
      timeout: 30_000,
    }),
  );
  const handed = (await Promise.all(asking.map((one) => one.getOneMessage()))) as number[][];
  for (const one of asking) one.kill();
  await Promise.all(asking);
  expect(handed.flat()).toHaveLength(900);
  expect(new Set(handed.flat()).size).toBe(900);
});
