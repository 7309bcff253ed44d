import { folderPublication, verify } from '@talkoot/ballot-protocol/verifier';
import { personNumber } from '@talkoot/local-stack';
import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inDatabase } from './databases.ts';
import { HeldPoll } from './sealed-poll/sealed-poll.fixture.ts';
import {
  issuers,
  sessionsOf,
  startSealedSystem,
  withPeople,
  withResidents,
} from './sealed-poll/sealed-system.fixture.ts';
import type { Issuer, SealedSystem } from './sealed-poll/sealed-system.fixture.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../../packages/cli/src/talkoot.ts', import.meta.url));
const names = Array.from({ length: 12 }, (_, index) => `paper-${index}`);
/** Voters at the desk; the first of them leaves without a paper in the urn. */
const atDesk = [1, 2, 3, 4, 5];
const online = [0, 6, 7];

let system: SealedSystem;
let poll: HeldPoll;
let people: Record<Issuer, string[]>;
let clerks: { municipality: string; auditor: string; officer: string };

beforeAll(async () => {
  system = await startSealedSystem();
  people = await withResidents(system, names);
  const [clerk, officer] = await withPeople(system, 'identity', [['desk-clerk'], ['poll-officer']]);
  const [theirs] = await withPeople(system, 'auditor', [['desk-clerk']]);
  const [token, officerToken] = await sessionsOf(system, 'identity', [clerk!, officer!]);
  const [theirToken] = await sessionsOf(system, 'auditor', [theirs!]);
  clerks = { municipality: token!, auditor: theirToken!, officer: officerToken! };
  poll = new HeldPoll(system, 'pol-paper');
  await poll.begin();
});
afterAll(() => system?.stop());

const fileAt = (name: string) => join(system.data, name);
async function written(name: string, lines: readonly string[]): Promise<string> {
  await writeFile(fileAt(name), lines.join('\n'));
  return fileAt(name);
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
/** What the officers of the desk run on its device. */
async function desk(step: string, words: readonly string[], environment: Record<string, string> = {}) {
  const { identity, auditor, ballots } = system.stack.urls;
  const env = {
    ...process.env,
    IDENTITY_URL: identity,
    AUDITOR_URL: auditor,
    BALLOTS_URL: ballots,
    TALKOOT_MUNICIPALITY: 'lintula',
    TALKOOT_TOKEN: clerks.municipality,
    TALKOOT_AUDITOR_TOKEN: clerks.auditor,
    TALKOOT_PASSPHRASE: 'seven willows and a pine',
    TALKOOT_SECOND_PASSPHRASE: 'an auditor keeps another',
    ...environment,
  };
  const call = run(process.execPath, [program, 'poll', 'desk', step, 'pol-paper', ...words], { env });
  return call.then(
    ({ stdout, stderr }): Ran => ({ code: 0, stdout, stderr }),
    (error: Ran) => error,
  );
}
const json = async (step: string, words: readonly string[], environment?: Record<string, string>) => {
  const { code, stdout, stderr } = await desk(step, [...words, '--json'], environment);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Record<string, unknown>;
};
const pool = () => ['--pool', fileAt('library.pool')];

async function tokensOf(voter: number): Promise<Record<Issuer, string>> {
  const [identity, auditor] = await Promise.all(
    issuers.map(async (issuer) => (await sessionsOf(system, issuer, [people[issuer][voter]!]))[0]!),
  );
  return { identity: identity!, auditor: auditor! };
}
async function votesOnline(voter: number): Promise<void> {
  const device = await poll.device(await tokensOf(voter));
  await poll.cast(await device.leaf([1]));
}
const leavesStored = () =>
  inDatabase(system.stack, 'ballots', (database) => database.collection('leaves').countDocuments());
const leafIds = () =>
  inDatabase(system.stack, 'ballots', async (database) =>
    (await database.collection('leaves').find().project({ _id: 1 }).toArray()).map(({ _id }) => _id),
  );

describe('a desk of both organisations', () => {
  it('certifies a key for each voter who shows a document, unless they have begun to vote online', async () => {
    await votesOnline(online[0]!);
    const numbers = [...atDesk, online[0]!].map((voter) => personNumber(names[voter]!));
    const file = await written('voters.txt', [...numbers, 'NOBODY-AT-ALL']);
    const words = ['--desk', 'library', ...pool(), '--national-ids', file, '--json'];
    const { code, stdout, stderr } = await desk('issue', words);
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      {
        desk: 'library',
        issued: 5,
        keys: 5,
        refused: [
          { line: 6, code: 'certificate-already-issued' },
          { line: 7, code: 'not-on-roll' },
        ],
      },
    ]);
    expect(stderr).toMatch(/6: .*begun to vote elsewhere, online/);
    for (const number of numbers) expect(stdout + stderr).not.toContain(number);
  });

  it('fixes the channel: who got a paper gets no certificate online, and sees at which desk', async () => {
    const tokens = await tokensOf(atDesk[0]!);
    await expect(poll.device(tokens)).rejects.toMatchObject({ code: 'certificate-already-issued' });
    for (const issuer of issuers) {
      const state = await system[issuer](tokens[issuer]).getCertificateState({ params: poll.params });
      expect(state).toMatchObject({ issued: true, desk: 'library' });
    }
  });

  it('needs a clerk of each organisation, and both passphrases', async () => {
    const file = await written('one.txt', [personNumber(names[8]!)]);
    const words = ['--desk', 'library', ...pool(), '--national-ids', file];
    const alone = await desk('issue', words, { TALKOOT_AUDITOR_TOKEN: clerks.municipality });
    expect([alone.code, alone.stderr]).toEqual([1, expect.stringMatching(/^unauthenticated: /m)]);
    const wrong = await desk('issue', words, { TALKOOT_SECOND_PASSPHRASE: 'somebody else guesses' });
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/^pool-locked: /m)]);
    const without = await desk('issue', words, { TALKOOT_AUDITOR_TOKEN: '' });
    expect([without.code, without.stderr]).toEqual([1, expect.stringMatching(/^token-missing: /m)]);
    // The same voter comes back with both clerks, and is served under the key that was begun.
    expect(await json('issue', words)).toMatchObject({ issued: 1, keys: 6 });
  });
});

describe('the papers of its urn', () => {
  const typed = ['1,0', '1,0', '0,1', '1,1'];

  it('are cast only if two people typed the same', async () => {
    const header = (await desk('sheet', [])).stdout.trim();
    expect(header).toBe('prj-racks,prj-school');
    const first = await written('first.csv', [header, ...typed]);
    const wrong = await written('second.csv', [header, '0,0', ...typed.slice(1).toReversed()]);
    const before = await leavesStored();
    const others = await leafIds();
    const refused = await desk('enter', [...pool(), '--first', first, '--second', wrong]);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/^entries-differ: [\s\S]*first\.csv line 3: 1,0\n.*second\.csv line 2: 0,0/),
    ]);
    expect(await leavesStored()).toBe(before);
    const second = await written('second.csv', ['prj-school;prj-racks', '1;1', '1;0', '0;1', '0;1']);
    const files = ['--first', first, '--second', second];
    const entered = await json('enter', [...pool(), ...files]);
    expect(entered).toEqual({ desk: 'library', papers: 4, cast: 4, unused: 2 });
    expect(await json('enter', [...pool(), ...files])).toMatchObject({ papers: 4, cast: 0 });
    expect(await leavesStored()).toBe(before + 4);
    // The board forgets one of them.
    const forgotten = await inDatabase(system.stack, 'ballots', async (database) => {
      const leaves = database.collection('leaves');
      const paper = (await leaves.findOne({ _id: { $nin: others } }))!;
      return (await leaves.deleteOne({ _id: paper._id })).deletedCount;
    });
    expect(forgotten).toBe(1);
  });

  it('are counted by two people', async () => {
    const total = (entered: number) => ['--desk', 'library', '--entered', String(entered)];
    expect(await json('totals', total(4))).toMatchObject({ desks: [{ state: 'stated', entered: null }] });
    const twice = await desk('totals', total(4));
    expect([twice.code, twice.stderr]).toEqual([1, expect.stringMatching(/^same-person-twice: /)]);
    const officer = { TALKOOT_TOKEN: clerks.officer };
    const differs = await desk('totals', total(5), officer);
    expect([differs.code, differs.stderr]).toEqual([1, expect.stringMatching(/^totals-differ: /)]);
    await json('totals', total(4));
    await json('totals', total(4), officer);
    expect((await desk('totals', [])).stdout).toBe(
      'library: papers: 4 (two people counted so many); certificates: told when issuing ends\n',
    );
  });
});

describe('after the poll', () => {
  let folder: string;

  it('anybody checks what the desk issued and entered', async () => {
    for (const voter of online.slice(1)) await votesOnline(voter);
    await poll.closeCertificates();
    await poll.closeCasting();
    // The one that the board had forgotten.
    expect(await json('check', pool())).toEqual({ desk: 'library', papers: 4, onBoard: 3, complaints: 0 });
    expect(await json('check', [...pool(), '--complain'])).toMatchObject({ onBoard: 3, complaints: 1 });
    await poll.settle();
    expect(await json('check', pool())).toMatchObject({ onBoard: 4, complaints: 0 });
    for (const index of [1, 3]) await poll.release(index);
    const result = await poll.count();
    await poll.publish();
    expect([result.ballots, result.options.map(({ yes }) => yes)]).toEqual([7, [3, 5]]);
    folder = await poll.download(fileAt('publication'));
    const desks = await readFile(join(folder, 'desks.json'), 'utf8');
    expect(JSON.parse(desks)).toEqual([{ desk: 'library', issued: 6, entered: 4 }]);
    const report = await verify(folderPublication(folder));
    expect(report.checks.filter(({ state }) => state !== 'passed')).toEqual([]);
    const late = await desk('totals', ['--desk', 'library', '--entered', '5']);
    expect([late.code, late.stderr]).toEqual([1, expect.stringMatching(/^totals-over: /)]);
    const shown = 'library: papers: 4 (two people counted so many); certificates: 6\n';
    expect((await desk('totals', [])).stdout).toBe(shown);
  });

  it('finds an inflated total', async () => {
    const copy = `${folder}-inflated`;
    await cp(folder, copy, { recursive: true });
    await writeFile(join(copy, 'desks.json'), '[{"desk":"library","entered":7,"issued":6}]');
    const report = await verify(folderPublication(copy));
    const failed = report.checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
    // Whoever inflates it cannot change the record that the trustees signed for.
    expect(failed).toEqual(['closing', 'desks']);
  });
});
