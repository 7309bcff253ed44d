import { createClient } from '@talkoot/api-contracts';
import { ballotsApi } from '@talkoot/api-contracts/ballots';
import { newTrustee, readCeremony } from '@talkoot/ballot-protocol';
import type { Ceremony, TrusteeSecrets } from '@talkoot/ballot-protocol';
import { custodyLock } from '@talkoot/ballot-protocol/node';
import { Command } from 'commander';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ballotsStandIn, CeremonyDesk } from './poll/ballots.fixture.ts';
import { custodyFile } from './poll/custody.file.ts';
import { advance } from './poll/trustee.ts';
import { registerPoll } from './poll.command.ts';

const passphrase = 'correct horse battery';
let folder: string;
let desk: CeremonyDesk;
let service: Awaited<ReturnType<typeof ballotsStandIn>>;
const people = [newTrustee(), newTrustee()];
/** With little work, as each file costs a derivation that is slow on purpose. */
const work = 14;
const quickly = (label: string, secrets: TrusteeSecrets) =>
  custodyLock(passphrase, work).lock(label, secrets);

const identityOf = (at: number) => join(folder, `trustee-${at}.json`);
const code = (code: string) => ({ code, message: expect.stringMatching(new RegExp(`^${code}: \\S`)) });

/** What a command prints; rejects with what the program would tell. */
async function talkoot(...words: string[]): Promise<string> {
  const written: string[] = [];
  const program = new Command('talkoot');
  registerPoll(program);
  for (const command of withSubcommands(program))
    command.exitOverride().configureOutput({ writeErr: () => {} });
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    await program.parseAsync(['poll', ...words], { from: 'user' });
    return written.join('');
  } finally {
    spy.mockRestore();
  }
}
const withSubcommands = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap((one) => withSubcommands(one)),
];
const here = () => ['pol-1', '-m', 'lintula', '--url', service.url];
const trustee = (at: number, step: string, ...words: string[]) =>
  talkoot('trustee', step, ...here(), '--identity', identityOf(at), ...words);

function ceremonyOf(): Ceremony {
  const trustees = people.map(({ keys }, at) => ({
    index: at + 1,
    name: `Trustee ${at}`,
    organisation: `Organisation ${at}`,
    ...keys,
  }));
  return { protocol: 'talkoot-key-v1', municipality: 'lintula', poll: 'pol-1', threshold: 2, trustees };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'talkoot-poll-'));
  vi.stubEnv('TALKOOT_PASSPHRASE', passphrase);
  for (const [at, { secrets }] of people.entries()) {
    await writeFile(identityOf(at), JSON.stringify(await quickly(`Trustee ${at}`, secrets)));
  }
});
beforeEach(async () => {
  vi.stubEnv('TALKOOT_PASSPHRASE', passphrase);
  desk = new CeremonyDesk(ceremonyOf());
  service = await ballotsStandIn(desk);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  service.close();
  for (const name of await readdir(folder)) {
    if (name.endsWith('.custody.json')) await rm(join(folder, name));
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe('talkoot poll trustee new', () => {
  test('makes keys that a ceremony takes, and shows no secret', { timeout: 60_000 }, async () => {
    const words = ['--name', 'Trustee 2', '--organisation', 'Organisation 2'];
    const made = await talkoot('trustee', 'new', '--out', identityOf(2), ...words, '--json');
    const { trustees, ...rest } = ceremonyOf();
    const both = [trustees[0]!, { index: 2, ...JSON.parse(made) }];
    expect(readCeremony({ ...rest, trustees: both }).ceremony.trustees[1]!.name).toBe('Trustee 2');
    const file = JSON.parse(await readFile(identityOf(2), 'utf8'));
    expect(file).toMatchObject({ label: 'Trustee 2', work: 17 });
    const secrets = await custodyLock(passphrase).unlock(file);
    for (const secret of Object.values(secrets)) expect(made + JSON.stringify(file)).not.toContain(secret);
  });

  test('overwrites nothing, and takes no short passphrase', async () => {
    const words = ['trustee', 'new', '--name', 'A', '--organisation', 'B', '--out'];
    const before = await readFile(identityOf(0), 'utf8');
    await expect(talkoot(...words, identityOf(0))).rejects.toMatchObject(code('file-exists'));
    expect(await readFile(identityOf(0), 'utf8')).toBe(before);
    vi.stubEnv('TALKOOT_PASSPHRASE', 'short');
    const other = join(folder, 'other.json');
    await expect(talkoot(...words, other)).rejects.toMatchObject(code('passphrase-short'));
    vi.stubEnv('TALKOOT_PASSPHRASE', '');
    await expect(talkoot(...words, other)).rejects.toMatchObject(code('passphrase-missing'));
    expect(await readdir(folder)).not.toContain('other.json');
  });
});

describe('talkoot poll trustee', () => {
  test('gives what is awaited, and says what is awaited next', { timeout: 120_000 }, async () => {
    expect(await trustee(0, 'advance')).toMatch(
      /You are trustee 1. Your round 1 was taken.*\nAwaited now: round 1 of others; talkoot poll status pol-1 says/,
    );
    expect(JSON.parse(await trustee(1, 'advance', '--json'))).toEqual({
      index: 2,
      gave: 'round1',
      awaited: 'round2',
      custody: join(folder, 'trustee-1.pol-1.custody.json'),
    });
  });

  test('derives one key for both of its files', async () => {
    await trustee(0, 'advance');
    const read = async (file: string) => JSON.parse(await readFile(join(folder, file), 'utf8'));
    const { salt, work: cost, nonce } = await read('trustee-0.json');
    const { custody } = await read('trustee-0.pol-1.custody.json');
    expect(custody).toMatchObject({ salt, work: cost });
    expect(custody.nonce).not.toBe(nonce);
  });

  /** Every step of the ceremony but by command: each trustee's custody file as the commands leave it. */
  async function keyMade(): Promise<void> {
    const ballots = createClient(ballotsApi, { baseUrl: service.url });
    const poll = { municipalityId: 'lintula', pollId: 'pol-1' };
    for (let rounds = 0; rounds < 3; rounds += 1) {
      for (const [at, { secrets }] of people.entries()) {
        const lock = custodyLock(passphrase, work);
        const custody = custodyFile({ file: join(folder, `${at}.custody.json`), lock, poll });
        await advance({ ballots, poll, identity: secrets, custody });
      }
    }
  }

  test('releases and destroys in their time, and says so', { timeout: 60_000 }, async () => {
    const custody = (at: number) => ['--custody', join(folder, `${at}.custody.json`)];
    await keyMade();
    await expect(trustee(0, 'advance', ...custody(0))).rejects.toMatchObject(code('nothing-awaited'));
    await expect(trustee(0, 'release', ...custody(0))).rejects.toMatchObject(code('release-not-awaited'));
    desk.later = 'share';
    expect(await trustee(0, 'check')).toContain('Ballots are sealed to the key that you confirmed.');
    expect(await trustee(0, 'release', ...custody(0))).toContain('Your share was taken');
    expect(await trustee(0, 'release', ...custody(0))).toContain('Your part was given before');
    await expect(trustee(0, 'destroy', ...custody(0))).rejects.toMatchObject(code('destruction-not-awaited'));
    desk.later = 'destruction';
    expect(await trustee(0, 'destroy', ...custody(0))).toMatch(/0\.custody\.json is destroyed/);
    expect(await readdir(folder)).not.toContain('0.custody.json');
    expect(desk.destroyed).toHaveLength(1);
    await expect(trustee(1, 'destroy')).rejects.toMatchObject(code('custody-missing'));
    expect(desk.destroyed).toHaveLength(1);
    expect(await trustee(1, 'destroy', '--gone')).toContain('your word for it was taken');
    expect(await talkoot('status', ...here())).toContain(
      '1 Trustee 0 (Organisation 0): round 1, round 2, confirmed, released, destroyed',
    );
  });

  test(
    'refuses a wrong passphrase, a file that is none, and keys of somebody else',
    { timeout: 60_000 },
    async () => {
      vi.stubEnv('TALKOOT_PASSPHRASE', 'wrong horse battery');
      await expect(trustee(0, 'advance')).rejects.toMatchObject(code('custody-locked'));
      vi.stubEnv('TALKOOT_PASSPHRASE', passphrase);
      await expect(trustee(7, 'advance')).rejects.toMatchObject(code('identity-missing'));
      await writeFile(identityOf(8), '{"secrets":1}');
      await expect(trustee(8, 'advance')).rejects.toMatchObject(code('custody-malformed'));
      const stranger = newTrustee().keys;
      desk = new CeremonyDesk({
        ...ceremonyOf(),
        trustees: ceremonyOf().trustees.map((one, at) => (at === 0 ? { ...one, ...stranger } : one)),
      });
      service.close();
      service = await ballotsStandIn(desk);
      await expect(trustee(0, 'advance')).rejects.toMatchObject(code('not-a-trustee'));
      expect(desk.round1).toEqual([]);
    },
  );

  test(
    'says in words that the service took another package, or does not answer',
    { timeout: 60_000 },
    async () => {
      desk.take = () => false;
      await expect(trustee(0, 'advance')).rejects.toMatchObject({
        message: 'package-differs: Title of package-differs',
      });
      service.close();
      await expect(trustee(0, 'advance', '--url', 'http://127.0.0.1:1')).rejects.toMatchObject(
        code('unreachable'),
      );
    },
  );
});

describe('talkoot poll, for officers', () => {
  const moves = {
    freeze: 'roll-freeze',
    open: 'opening',
    close: 'closing',
    'end-casting': 'casting-end',
    'end-complaints': 'complaints-end',
    publish: 'publication',
    'end-appeals': 'appeals-end',
  };

  test.each(Object.entries(moves))('%s asks for it once, signed in', async (name, move) => {
    vi.stubEnv('TALKOOT_TOKEN', 'token-of-the-officer');
    expect(await talkoot(name, ...here())).toBe('Done: pol-1 is open\nAwaited: resident\n');
    expect(service.officer.asked).toEqual([
      { move, token: 'Bearer token-of-the-officer', key: expect.stringMatching(/^[\w-]{36}$/) },
    ]);
  });

  test('says why a move is refused, with the code', async () => {
    vi.stubEnv('TALKOOT_TOKEN', 'token-of-the-officer');
    service.officer.refusal = 'windows-bind';
    await expect(talkoot('close', ...here())).rejects.toMatchObject({
      code: 'windows-bind',
      message: 'windows-bind: Title of windows-bind',
    });
  });

  test('asks nothing without a token, nor without a municipality', async () => {
    vi.stubEnv('TALKOOT_TOKEN', '');
    await expect(talkoot('open', ...here())).rejects.toMatchObject(code('token-missing'));
    vi.stubEnv('TALKOOT_MUNICIPALITY', '');
    await expect(talkoot('open', 'pol-1', '--url', service.url)).rejects.toMatchObject(
      code('municipality-missing'),
    );
    expect(service.officer.asked).toEqual([]);
  });
});

describe('talkoot poll wait', () => {
  const due = ['--due', '2027-05-26T16:00:00+03:00'];
  const body = { change: 'extend', due: '2027-05-26T13:00:00.000Z' };
  beforeEach(() => void vi.stubEnv('TALKOOT_TOKEN', 'token-of-the-officer'));

  test('asks for a change with its reason, and names the command of the second person', async () => {
    const words = await talkoot(
      'wait',
      'ask',
      ...here(),
      'extend',
      ...due,
      '--reason',
      'the network was away',
    );
    expect(words).toContain('\n  talkoot poll wait confirm pol-1 extend --due 2027-05-26T13:00:00.000Z\n');
    expect(service.officer.asked).toMatchObject([
      { move: 'wait-changes', body: { ...body, reason: 'the network was away' } },
    ]);
  });

  test('confirms what was asked for', async () => {
    expect(await talkoot('wait', 'confirm', ...here(), 'extend', ...due)).toBe(
      'It is so.\nAwaited: resident\n',
    );
    expect(service.officer.asked).toMatchObject([{ move: 'wait-changes/confirmation', body }]);
  });

  test('takes a new end where one is moved and nowhere else, and none whose clock is unknown', async () => {
    const refused = code('due-misplaced');
    await expect(talkoot('wait', 'confirm', ...here(), 'extend')).rejects.toMatchObject(refused);
    await expect(talkoot('wait', 'confirm', ...here(), 'suspend', ...due)).rejects.toMatchObject(refused);
    const local = talkoot('wait', 'confirm', ...here(), 'extend', '--due', '2027-05-26T16:00:00');
    await expect(local).rejects.toMatchObject({ code: 'commander.invalidArgument' });
    expect(service.officer.asked).toEqual([]);
  });
});

describe('talkoot poll annul', () => {
  beforeEach(() => void vi.stubEnv('TALKOOT_TOKEN', 'token-of-the-session'));

  test('asks with a reason, names the command of the appeal body, and annuls as it', async () => {
    const words = await talkoot('annul', 'ask', ...here(), '--reason', 'the board is lost');
    expect(words).toContain('\n  talkoot poll annul confirm pol-1 --reason TEXT\n');
    await talkoot('annul', 'confirm', ...here(), '--reason', 'seen by the auditor');
    expect(service.officer.asked).toMatchObject([
      { move: 'annulment-requests', body: { reason: 'the board is lost' } },
      { move: 'annulments', body: { reason: 'seen by the auditor' } },
    ]);
  });

  test('takes no poll away without saying why', async () => {
    const unreasoned = talkoot('annul', 'ask', ...here());
    await expect(unreasoned).rejects.toMatchObject({ code: 'commander.missingMandatoryOptionValue' });
    expect(service.officer.asked).toEqual([]);
  });
});

describe('talkoot poll status', () => {
  test('tells phase, wait, whose command is next and who has given what, in words and as JSON', async () => {
    const words = await talkoot('status', ...here());
    expect(words).toMatch(/^pol-1: roll-frozen, that is: who may vote is fixed/);
    expect(words).toMatch(/^Awaited: trustee \(key-ceremony\), until 2026-12-27 \d\d:\d\d:\d\d UTC$/m);
    expect(words).toMatch(
      /^ {2}trustee gives each of the three rounds .*\n {4}talkoot poll trustee advance pol-1 --identity FILE$/m,
    );
    expect(words).toContain(
      'Key: 2 of 2 trustees open the ballots; awaited of each: round 1\n  1 Trustee 0 (Organisation 0): nothing yet\n',
    );
    expect(JSON.parse(await talkoot('status', ...here(), '--json'))).toMatchObject({
      pollId: 'pol-1',
      phase: 'roll-frozen',
      wait: 'key-ceremony',
      acts: [{ by: 'trustee', command: 'talkoot poll trustee advance pol-1 --identity FILE' }],
      key: { awaited: 'round1' },
    });
  });

  test('takes no address that is none', async () => {
    await expect(talkoot('status', 'pol-1', '-m', 'lintula', '--url', 'localhost:80')).rejects.toMatchObject(
      code('address-malformed'),
    );
  });
});
