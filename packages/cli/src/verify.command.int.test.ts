import { canonicalJson, encodeReceipt } from '@talkoot/ballot-protocol';
import { holdPoll, preparePoll, promiseOf, publish } from '@talkoot/ballot-protocol/testing';
import { folderPublication, verify } from '@talkoot/ballot-protocol/verifier';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const program = fileURLToPath(new URL('talkoot.ts', import.meta.url));
let root = '';
let honest = '';
let receipt = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'talkoot-verify-'));
  honest = join(root, 'honest');
  receipt = join(root, 'receipt.json');
  const poll = await preparePoll();
  const { record } = await holdPoll(poll);
  await mkdir(honest);
  for (const [name, bytes] of publish(poll, record)) await writeFile(join(honest, name), bytes);
  const leaf = record.batches[0]![0]!;
  const shown = { manifest: poll.binding.m, leaf, promise: promiseOf(poll, leaf) };
  await writeFile(receipt, encodeReceipt(shown));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function talkoot(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await run(process.execPath, [program, 'verify', ...words])) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe('talkoot verify', () => {
  it('says that an honest publication holds, and what became of a ballot', async () => {
    const { code, stdout } = await talkoot(honest, '--receipt', receipt);
    expect(code).toBe(0);
    expect(stdout).toContain('Everything holds.');
    expect(stdout).toMatch(/The ballot of the receipt was (counted|replaced).* \(ballot 1 of the board\)/);
  });

  it('reads the same files from a web server', async () => {
    const server = createServer((request, response) => {
      readFile(join(honest, request.url!.split('/').at(-1)!)).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, stdout } = await talkoot(`http://127.0.0.1:${port}/polls/pol-1`, '--json');
    server.close();
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ holds: true, receipt: null });
  });

  it.each([
    ['a folder without a publication', 'nothing', /manifest: file-missing/],
    ['a receipt that is not there', '--receipt', /ENOENT/],
    ['a checkpoint of a release that is not there', '--released', /ENOENT/],
  ])('refuses %s', async (_, what, words) => {
    const place = what === 'nothing' ? root : honest;
    const options = what === 'nothing' ? [] : [what, join(root, 'none.json')];
    const { code, stdout, stderr } = await talkoot(place, ...options);
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(words);
  });
});

it('prints what a publication names without letting it steer the terminal', async () => {
  const folder = join(root, 'steering');
  await cp(honest, folder, { recursive: true });
  const desk = '\u001B[2J\u202Elibrary';
  await writeFile(join(folder, 'desks.json'), canonicalJson([{ desk, entered: 2, issued: 1 }]));
  const { code, stdout } = await talkoot(folder);
  expect(code).toBe(1);
  expect(stdout).toContain('more-papers-than-certificates at desks.json: \uFFFD[2J\uFFFDlibrary');
});

const text = async (folder: string, name: string) => readFile(join(folder, name), 'utf8');
const replace = (name: string, from: RegExp, to: (found: string) => string) => async (folder: string) => {
  const before = await text(folder, name);
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  await writeFile(join(folder, name), after);
};
const turnBit = (name: string, at: number) => async (folder: string) => {
  const bytes = await readFile(join(folder, name));
  bytes[at < 0 ? bytes.length + at : at]! ^= 1;
  await writeFile(join(folder, name), bytes);
};

describe('a publication that somebody tampered with', () => {
  it.each([
    ['a cost is lowered', 'board-root', replace('manifest.json', /"cost":900/, () => '"cost":100')],
    ['an entry of the roll is changed', 'rolls', turnBit('roll.auditor.bin', 40)],
    ['a ballot is changed', 'signatures', turnBit('board.bin', -1)],
    ['a certificate is changed', 'certificates', turnBit('board.bin', 100)],
    ['a checkpoint is edited', 'witnesses', replace('board.checkpoints', /\n7\n/, () => '\n8\n')],
    ['an issuance is changed', 'issuances', turnBit('issuance.auditor.bin', 3)],
    [
      'a share is changed',
      'key',
      replace('release.json', /(?<="share":"..)./, (digit) => (digit === '0' ? '1' : '0')),
    ],
    ['a vote is added', 'tally', replace('result.json', /(?<="votes":)5/, () => '6')],
    [
      'another project is funded',
      'allocation',
      replace('result.json', /"selected":\["meals"/, () => '"selected":["path"'),
    ],
    [
      'a rejection is taken out',
      'rejections',
      replace('result.json', /"rejected":\[\{.*?\}\]/, () => '"rejected":[]'),
    ],
    ['papers are made up', 'desks', replace('desks.json', /(?<="entered":)1/, () => '9')],
  ] as const)('is found out: %s', async (what, check, tamper) => {
    const folder = join(root, what);
    await cp(honest, folder, { recursive: true });
    await tamper(folder);
    const report = await verify(folderPublication(folder));
    expect(report.holds).toBe(false);
    expect(report.checks.filter(({ state }) => state === 'failed').map((one) => one.name)).toContain(check);
  });
});
