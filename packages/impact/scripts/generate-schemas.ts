import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { committedDocuments } from '../src/committed-documents.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const documents = committedDocuments();

if (process.argv.includes('--check')) await check();
else for (const [path, text] of documents) await writeFile(`${root}${path}`, text);

async function check(): Promise<void> {
  const drifted: string[] = [];
  for (const [path, text] of documents) {
    const found = await readFile(`${root}${path}`, 'utf8').catch(() => null);
    if (found !== text) drifted.push(`${path} ${found === null ? 'is missing' : 'differs'}`);
  }
  if (drifted.length === 0) return;
  process.stderr.write(`${drifted.join('\n')}\nRun: npm run schemas -w packages/impact\n`);
  process.exitCode = 1;
}
