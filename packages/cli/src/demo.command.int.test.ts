import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const talkoot = fileURLToPath(new URL('talkoot.ts', import.meta.url));

describe('talkoot demo --votes', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'talkoot-votes-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('names the line of a malformed election and starts nothing', async () => {
    const file = join(folder, 'bad.pb');
    const data = join(folder, 'stack');
    const meta =
      'META\nkey;value\nnum_projects;1\nnum_votes;1\nbudget;100\nvote_type;approval\nrule;greedy\n';
    await writeFile(file, `${meta}PROJECTS\nproject_id;cost\n1;much\nVOTES\nvoter_id;vote\n1;1\n`);
    const run = promisify(execFile)(process.execPath, [talkoot, 'demo', '--votes', file, '--data', data]);
    await expect(run).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/line 10\b/),
    });
    expect(existsSync(data)).toBe(false);
  });

  it.each(['none.pb', '.'])('says in one line that it cannot read %s', async (name) => {
    const run = promisify(execFile)(process.execPath, [talkoot, 'demo', '--votes', join(folder, name)]);
    await expect(run).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^file-unreadable: .*\n$/),
    });
  });
});
