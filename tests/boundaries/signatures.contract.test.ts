import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Where libraries are asked about signatures. Everybody else asks these, who refuse what libraries disagree on. */
const home = /^packages\/ballot-protocol\/src\/(signature|node|certificate)\//;
const asksALibrary = [
  /from '@noble\/curves\/ed25519/,
  /import \{[^}]*\b(verify|createVerify)\b[^}]*\} from 'node:crypto'/,
  /\bsubtle\s*\.\s*verify\b/,
];

async function sourcesIn(folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  return names
    .map((name) => `${folder}/${name}`)
    .filter((name) => name.endsWith('.ts') && !/node_modules|\.(test|fixture)\.ts$/.test(name));
}

it('nobody asks a library about a signature but the one place that knows the rule', async () => {
  const files = (await Promise.all(['packages', 'services', 'workflows', 'deploy'].map(sourcesIn))).flat();
  const asking = [];
  for (const file of files) {
    const text = await readFile(join(root, file), 'utf8');
    if (asksALibrary.some((pattern) => pattern.test(text))) asking.push(file);
  }
  expect(asking.length).toBeGreaterThan(3);
  expect(asking.filter((file) => !home.test(file))).toEqual([]);
});
