import { noteText, signCheckpoint } from '@talkoot/ballot-protocol';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inDatabase } from './databases.ts';
import { HeldPoll } from './sealed-poll/sealed-poll.fixture.ts';
import {
  issuers,
  sessionsOf,
  startSealedSystem,
  withResidents,
} from './sealed-poll/sealed-system.fixture.ts';
import type { SealedSystem } from './sealed-poll/sealed-system.fixture.ts';

const program = fileURLToPath(new URL('../../packages/cli/src/talkoot.ts', import.meta.url));
const names = Array.from({ length: 7 }, (_, index) => `logs-${index}`);

let system: SealedSystem;
let poll: HeldPoll;
beforeAll(async () => {
  system = await startSealedSystem();
  const people = await withResidents(system, names);
  poll = new HeldPoll(system, 'pol-logs');
  await poll.begin();
  for (const [at] of names.entries()) {
    const [identity, auditor] = await Promise.all(
      issuers.map(async (issuer) => (await sessionsOf(system, issuer, [people[issuer][at]!]))[0]!),
    );
    const device = await poll.device({ identity: identity!, auditor: auditor! });
    await poll.cast(await device.leaf([at % 2]));
  }
  await poll.closeCertificates();
  await poll.closeCasting();
});
afterAll(() => system?.stop());

interface Shown {
  readonly logs: readonly {
    origin: string;
    size: number;
    cosignedBy: string[];
    witnesses: { says: string; size: number | null }[];
  }[];
  readonly taught: readonly { origin: string; size: number }[];
}

/** What an operator reads, and the code of what is wrong. */
async function logs(...words: string[]): Promise<Shown & { code: string | null; says: string[] }> {
  const { identity, auditor, ballots, witness } = system.stack.urls;
  const env = { ...process.env, IDENTITY_URL: identity, AUDITOR_URL: auditor, BALLOTS_URL: ballots };
  const place = ['pol-logs', '-m', 'lintula', '--witness', witness, '--json'];
  const call = promisify(execFile)(process.execPath, [program, 'poll', 'logs', ...place, ...words], { env });
  const { stdout, stderr } = await call.catch((error: { stdout: string; stderr: string }) => error);
  const shown = JSON.parse(stdout) as Shown;
  const says = shown.logs.flatMap(({ witnesses }) => witnesses.map((one) => one.says));
  return { ...shown, says, code: /^[a-z-]+(?=: )/.exec(stderr)?.[0] ?? null };
}
const remembered = (
  change: (database: Parameters<Parameters<typeof inDatabase>[2]>[0]) => Promise<unknown>,
) => inDatabase(system.stack, 'witness', change);

describe('the three logs of a poll, held against what a witness saw', () => {
  it('are the same while nothing is wrong', async () => {
    const { logs: shown, ...rest } = await logs();
    expect(rest).toMatchObject({ code: null, says: ['same', 'same', 'same'], taught: [] });
    const [witness] = poll.binding.manifest.witnesses;
    expect(shown.map(({ cosignedBy }) => cosignedBy)).toEqual(
      Array.from({ length: 3 }, () => [witness!.name]),
    );
  });

  it('are taught to a witness that lost its database, once, before it cosigns anything else', async () => {
    await remembered(async (database) => {
      await database.collection('cosigned').deleteMany({});
      await database.collection('watched_counts').deleteMany({});
    });
    expect(await logs()).toMatchObject({ code: null, says: ['nothing', 'nothing', 'nothing'] });
    const { logs: shown, taught } = await logs('--teach', system.stack.urls.witness);
    expect(taught).toEqual(shown.map(({ origin, size }) => ({ origin, size })));
    expect(shown.map(({ size }) => size)).toEqual([8, 8, 8]);
    const again = await logs('--teach', system.stack.urls.witness);
    expect(again).toMatchObject({ code: null, says: ['same', 'same', 'same'], taught: [] });
  });

  it('tell a witness that knows the beginning of a board from one that knows another board', async () => {
    const boardKey = Buffer.from((await system.secrets()).boardKey, 'base64');
    const { origin } = poll.binding.manifest.board;
    const rootOf = (byte: number) => Buffer.alloc(32, byte);
    const remember = (size: number, root: Buffer) => {
      const note = noteText(signCheckpoint({ origin, size, root }, boardKey).note);
      const next = { $set: { size, root, note } };
      return remembered((database) =>
        database.collection<{ _id: string }>('cosigned').updateOne({ _id: origin }, next),
      );
    };
    const before = await firstLeaf();
    await remember(1, before);
    expect(await logs()).toMatchObject({ code: null, says: ['earlier', 'same', 'same'] });
    await remember(1, rootOf(1));
    expect(await logs()).toMatchObject({ code: 'log-forked', says: ['forked', 'same', 'same'] });
    await remember(9, rootOf(1));
    expect(await logs()).toMatchObject({ code: 'log-behind', says: ['ahead', 'same', 'same'] });
  });
});

/** Root of the board when it held only its manifest. */
async function firstLeaf(): Promise<Buffer> {
  const params = { pollId: 'pol-logs', level: '0', path: '000.p/8' };
  return Buffer.from(await system.ballots.getBoardTile({ params })).subarray(0, 32);
}
