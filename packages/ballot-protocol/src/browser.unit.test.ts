import { builtinModules } from 'node:module';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';

/** An entry as a browser gets it, and what it asks for from elsewhere, at once or later. */
async function bundled(entry: string) {
  const bundle = await rolldown({
    input: new URL(entry, import.meta.url).pathname,
    platform: 'browser',
    logLevel: 'silent',
    external: [/^node:/, ...builtinModules],
  });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  const [{ code, imports, dynamicImports }] = output;
  return { code, imports, later: dynamicImports };
}

test('the main entry runs in a browser: it needs nothing that is not bundled', async () => {
  const { code, imports, later } = await bundled('./index.ts');
  expect(imports).toEqual([]);
  // Where there is no WebCrypto, @hpke/common tries Node's; a browser never comes there.
  expect(later).toEqual(['crypto']);
  expect(code).not.toContain("node:crypto'");
  expect(code).not.toMatch(/\bBuffer\./);
});

test('an entry that is for Node only would be found out', async () => {
  expect((await bundled('./node/index.ts')).imports).toContain('node:crypto');
  expect((await bundled('./certificate/issuer.ts')).imports).toContain('node:crypto');
});
