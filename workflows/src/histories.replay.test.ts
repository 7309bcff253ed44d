import { lifecycleKinds } from '@talkoot/workflow-contracts';
import { Worker } from '@temporalio/worker';
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { installRuntime } from '../test/engine.ts';
import { fromPublicJson, textsOf } from '../test/histories.ts';
import { noSpans, workflowBundle } from './worker.ts';

const root = new URL('../histories/', import.meta.url);
const releases = readdirSync(root).map((release) => ({ release, files: filesOf(release) }));

function filesOf(release: string): string[] {
  return readdirSync(new URL(`${release}/`, root)).filter((file) => file.endsWith('.json'));
}
const read = (release: string, file: string): string =>
  readFileSync(new URL(`${release}/${file}`, root), 'utf8');

/** What no history may hold: it is kept for years, and operators read it. */
const personal = [
  { what: 'an email address', pattern: /[\w.+-]+@[\w-]+\.[a-z]{2,}/i },
  { what: 'a national id', pattern: /\b\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]\b/ },
  { what: 'a phone number', pattern: /\+\d{2,3}[ \d]{6,}/ },
  { what: 'an account number', pattern: /\b[A-Z]{2}\d{2}(?: ?\d{4}){3,}/ },
  {
    what: 'a field that holds a name',
    pattern: /"(?:first|last|given|family|full|display)_?name"|"email"|"phone"/i,
  },
  { what: 'free text', pattern: /"(?:text|body|comment|description)":"[^"]* [^"]*"/ },
  { what: 'a path of a machine', pattern: /(?:file:\/\/|\/home\/|\/Users\/|\/work\/|\/root\/)/ },
];

beforeAll(installRuntime);

test('every release has recorded histories', () => {
  expect(releases.length).toBeGreaterThan(0);
});

describe.each(releases)('release $release', ({ release, files }) => {
  test('has the good course of every lifecycle', () => {
    const kinds = new Set(files.map((file) => file.split('.')[0]));
    expect(kinds).toEqual(new Set(lifecycleKinds));
    for (const kind of lifecycleKinds) {
      expect(files.some((file) => file.startsWith(`${kind}.good.`))).toBe(true);
    }
  });

  test.each(files)('%s replays with the code of today', async (file) => {
    const options = { workflowBundle: await workflowBundle(), sinks: noSpans };
    await Worker.runReplayHistory(options, fromPublicJson(read(release, file)), file.split('.')[0]);
  });

  test.each(files)('%s holds nothing personal', (file) => {
    const texts = textsOf(JSON.parse(read(release, file)));
    expect(texts.length).toBeGreaterThan(0);
    for (const { what, pattern } of personal) {
      expect(texts.filter((text) => pattern.test(text)).map((text) => `${what}: ${text}`)).toEqual([]);
    }
  });
});
