import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { committedDocuments } from '../src/committed-documents.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const documents = committedDocuments();
const committed = [...(await readdir(`${root}schemas`)).map((name) => `schemas/${name}`), 'asyncapi.json'];

if (process.argv.includes('--check')) await check();
else await generate();

async function generate(): Promise<void> {
  await mkdir(`${root}schemas`, { recursive: true });
  for (const path of committed) if (!documents.has(path)) await rm(`${root}${path}`);
  for (const [path, text] of documents) await writeFile(`${root}${path}`, text);
  process.stdout.write(`${documents.size} documents written\n`);
}

async function check(): Promise<void> {
  const drifted = committed.filter((path) => !documents.has(path)).map((path) => `${path} has no event`);
  for (const [path, text] of documents) {
    const found = await readFile(`${root}${path}`, 'utf8').catch(() => null);
    if (found !== text) drifted.push(`${path} ${found === null ? 'is missing' : 'differs'}`);
  }
  if (drifted.length === 0) return;
  process.stderr.write(`${drifted.join('\n')}\nRun: npm run schemas -w packages/event-contracts\n`);
  process.exitCode = 1;
}
