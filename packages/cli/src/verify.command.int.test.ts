import { canonicalJson, encodeReceipt } from '@talkoot/ballot-protocol';
import { holdPoll, preparePoll, promiseOf, publish } from '@talkoot/ballot-protocol/testing';
import { folderPublication, verify } from '@talkoot/ballot-protocol/verifier';
import type { Report } from '@talkoot/ballot-protocol/verifier';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

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
    const { code, stdout } = await talkoot(await served((bytes) => bytes), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ holds: true, receipt: null });
  });

  it('tells of a board that is not there, and of what nobody can know without it', async () => {
    const folder = join(root, 'boardless');
    await cp(honest, folder, { recursive: true });
    await rm(join(folder, 'board.bin'));
    const { code, stdout, stderr } = await talkoot(folder, '--receipt', receipt);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/board-root +│ failed/);
    expect(stdout).toMatch(/tally +│ not-run/);
    expect(stdout).toContain('board-root: file-missing at board.bin');
    expect(stdout).toContain('cannot be said: the board cannot be read.');
    expect(stdout).toContain('NOT EVERYTHING HOLDS.');
  });

  it('reads a board without end no further than the final checkpoint goes', async () => {
    let hasStopped = false;
    const url = await served((bytes, name) =>
      name === 'board.bin' ? withoutEnd(bytes, () => (hasStopped = true)) : bytes,
    );
    const { code, stdout } = await talkoot(url, '--json');
    expect(code).toBe(1);
    const { checks } = JSON.parse(stdout) as Report;
    expect(checks.flatMap(({ findings }) => findings)).toEqual([
      { code: 'board-too-long', entry: 'board.bin' },
    ]);
    expect(hasStopped).toBe(true);
  });

  it('says what is wrong with a folder in which nothing was published', async () => {
    const { code, stdout } = await talkoot(root);
    expect(code).toBe(1);
    expect(stdout).toContain('manifest: file-missing at manifest.json');
  });

  it.each([
    ['a folder that is not there', () => [join(root, 'nowhere')], /file-unreadable|cannot be read/],
    ['a site that does not answer', () => ['http://127.0.0.1:9/polls/pol-1'], /cannot be read/],
    ['a receipt that is not there', () => [honest, '--receipt', join(root, 'none.json')], /ENOENT/],
  ])('verified nothing, and says so by another code: %s', async (_, words, message) => {
    const { code, stdout, stderr } = await talkoot(...words());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

type Served = (bytes: Buffer, name: string) => Buffer | Readable;

/** A web server with the honest files, or what is made of them. */
async function served(change: Served): Promise<string> {
  const server = createServer((request, response) => {
    const name = request.url!.split('/').at(-1)!;
    readFile(join(honest, name)).then(
      (bytes) => send(change(bytes, name), response),
      () => response.writeHead(404).end(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => server[Symbol.asyncDispose]());
  return `http://127.0.0.1:${port}/polls/pol-1`;
}

function send(content: Buffer | Readable, response: ServerResponse): ServerResponse {
  if (!(content instanceof Readable)) return response.end(content);
  return content.pipe(response).on('close', () => content.destroy());
}

function withoutEnd(bytes: Buffer, onStop: () => void): Readable {
  const pieces = function* () {
    try {
      for (;;) yield bytes;
    } finally {
      onStop();
    }
  };
  return Readable.from(pieces());
}

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
    ['a complaint is taken out', 'closing', replace('complaints.json', /.*/, () => '[]')],
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
