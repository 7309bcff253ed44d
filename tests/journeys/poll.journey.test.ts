import { enterBooth, lintulaPlan, scriptOf, servicesFor, signIn } from '@talkoot/cli';
import type { Play } from '@talkoot/cli';
import { encodeReceipt } from '@talkoot/ballot-protocol';
import { personNumber } from '@talkoot/local-stack';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { operatedStack, smallPlan } from './operated-stack.ts';
import type { OperatedStack } from './operated-stack.ts';

const program = fileURLToPath(new URL('../../packages/cli/src/talkoot.ts', import.meta.url));
const patience = { timeout: 60_000, interval: 300 };
const silent = { count: () => {}, say: () => {} };
const lastBefore = 'The department reviews, the appeal body decides';

let operated: OperatedStack;
let play: Play;
let pollId: string;

/** Runs `talkoot …` as a person who knows the address of the ballots service, and their own secrets. */
async function talkoot(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { urls, data } = operated.stack;
  const known = {
    BALLOTS_URL: urls.ballots,
    TALKOOT_MUNICIPALITY: 'lintula',
    TALKOOT_DATA: join(data, 'none'),
    ...env,
  };
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...words], {
    env: { ...process.env, ...known },
    timeout: 120_000,
  });
  return stdout;
}

const identityOf = (at: number) => join(operated.stack.data, `trustee-${at}.json`);
const custodyOf = (at: number) => join(operated.stack.data, `trustee-${at}.custody.json`);
const secretly = (at: number) => ({ TALKOOT_PASSPHRASE: `passphrase of trustee ${at}` });

const trustee = (at: number, step: string) =>
  talkoot(
    ['poll', 'trustee', step, pollId, '--identity', identityOf(at), '--custody', custodyOf(at)],
    secretly(at),
  );

async function decides(official: string, ...move: string[]): Promise<string> {
  const { urls, environment } = operated.stack;
  const { token } = await signIn(urls.identity, `${official}.lintula`, environment['DEV_PASSWORD']!);
  return talkoot(['poll', ...move, pollId], { TALKOOT_TOKEN: token });
}

async function status() {
  return JSON.parse(await talkoot(['poll', 'status', pollId, '--json'])) as { phase: string; wait: string };
}
const awaited = (wait: string) =>
  vi.waitFor(async () => expect(await status()).toMatchObject({ wait }), patience);

/** A pilot up to its first vote, whose charter names trustees that made their keys at the command line. */
async function pilotBeforeVote(): Promise<Play> {
  const script = scriptOf(operated.stack, smallPlan(lintulaPlan()));
  const trustees = script.play.trustees as unknown[];
  for (const [at, planned] of script.play.plan.charter.poll.trustees.entries()) {
    const { name, organisation } = planned;
    const words = ['poll', 'trustee', 'new', '--out', identityOf(at), '--json'];
    const made = await talkoot([...words, '--name', name, '--organisation', organisation], secretly(at));
    const { signingKey, sealingKey } = JSON.parse(made) as { signingKey: string; sealingKey: string };
    trustees.push({ name, organisation, keys: { signingKey, sealingKey }, custody: new Map() });
  }
  const steps = script.steps.slice(1);
  for (const { title, run } of steps) {
    await run(silent);
    if (title === lastBefore) return script.play;
  }
  throw new Error(`No step is called ${lastBefore}`);
}

async function votesAreCast(): Promise<string> {
  const booth = await enterBooth(play, pollId);
  const choices = [...play.projects.values()].map(({ projectId }) => projectId).slice(0, 1);
  const kept = [];
  for (const voter of play.residents.slice(0, 6)) kept.push(...(await booth.vote(voter, { choices })));
  const file = join(operated.stack.data, 'receipt.json');
  await writeFile(file, encodeReceipt(kept[0]!.receipt));
  return file;
}

/** The next poll that a pilot has of this kind, once its rolls can be frozen. */
async function pollPrepared(kind: 'prioritisation' | 'criteria'): Promise<string> {
  const query = { roundId: play.roundId, kind };
  return vi.waitFor(async () => {
    const { items } = await play.visitor.ballots.listPolls({ params: { municipalityId: 'lintula' }, query });
    expect(items[0]?.phase).toBe('prepared');
    return items[0]!.pollId;
  }, patience);
}

async function trusteesMakeKey(): Promise<void> {
  for (const round of ['round 1', 'round 2', 'confirmation']) {
    const told = await Promise.all([0, 1, 2].map((at) => trustee(at, 'advance')));
    for (const words of told) expect(words).toContain(`Your ${round} was taken`);
  }
}

let receipt: string;

beforeAll(async () => {
  operated = await operatedStack();
  play = await pilotBeforeVote();
  pollId = await pollPrepared('prioritisation');
}, 300_000);
afterAll(() => operated?.stop());

describe('a poll held at the command line', { timeout: 300_000 }, () => {
  it('does not open before the trustees made its key, and says so', async () => {
    await decides('poll-officer', 'freeze');
    await awaited('key-ceremony');
    await expect(decides('poll-officer', 'open')).rejects.toThrow(/^(not-awaited|wrong-phase): /m);
    await expect(trustee(0, 'release')).rejects.toThrow(/release-not-awaited: /);
  });

  it('gets a key from three trustees in three rounds', async () => {
    await trusteesMakeKey();
    await awaited('opening');
    await expect(trustee(1, 'advance')).rejects.toThrow(/nothing-awaited: /);
  });

  it('is opened by the officer and by nobody else', async () => {
    await expect(decides('moderator', 'open')).rejects.toThrow(/forbidden: /);
    await decides('poll-officer', 'open');
    await awaited('voting');
    receipt = await votesAreCast();
  });

  it('is closed step by step, and opened by two of three trustees', async () => {
    for (const [move, wait] of [
      ['close', 'casting'],
      ['end-casting', 'complaints'],
      ['end-complaints', 'release'],
    ] as const) {
      await decides('poll-officer', move);
      await awaited(wait);
    }
    expect(await trustee(2, 'release')).toContain('Your share was taken');
    expect(await status()).toMatchObject({ phase: 'key-release' });
    await trustee(0, 'release');
    await awaited('publication');
    await expect(trustee(0, 'destroy')).rejects.toThrow(/destruction-not-awaited: /);
    await decides('poll-officer', 'publish');
    await awaited('appeal');
  });

  it('is recounted by anybody, with a receipt', async () => {
    const place = `${operated.stack.urls.ballots}/v1/m/lintula/polls/${pollId}/publication`;
    const report = JSON.parse(await talkoot(['verify', place, '--receipt', receipt, '--json']));
    expect(report).toMatchObject({ holds: true, receipt: { outcome: 'counted' } });
    expect(report.checks).toHaveLength(19);
  });

  it('ends with the shares destroyed, which everybody can see', async () => {
    await decides('appeal-body', 'end-appeals');
    await vi.waitFor(async () => expect(await status()).toMatchObject({ phase: 'decided' }), patience);
    await Promise.all([0, 1, 2].map((at) => trustee(at, 'destroy')));
    expect([0, 1, 2].map((at) => existsSync(custodyOf(at)))).toEqual([false, false, false]);
    const words = await talkoot(['poll', 'status', pollId]);
    expect(words.match(/, destroyed$/gm)).toHaveLength(3);
    expect(words).toMatch(
      /2 Birgit Salo \(Association of residents\): round 1, round 2, confirmed, destroyed$/m,
    );
  });
});

describe('a poll that nobody can finish', { timeout: 300_000 }, () => {
  const annul = (step: 'ask' | 'confirm', official: string) =>
    decides(official, 'annul', step, '--reason', 'The board of this poll is lost for good.');
  const about = () => ({ params: { municipalityId: 'lintula', pollId } });

  beforeAll(async () => {
    const { urls, environment } = operated.stack;
    const subject = 'officer-and-judge.lintula';
    const roles = ['poll-officer', 'appeal-body'] as const;
    const person = {
      subject,
      nationalId: personNumber(subject),
      municipalityId: 'lintula',
      roles: [...roles],
    };
    const secret = environment['LOCAL_GRANT_SECRET']!;
    const body = { secret, municipalities: [], people: [person] };
    await servicesFor(urls).identity.createLocalPeople({ body });
    pollId = await pollPrepared('criteria');
    await decides('poll-officer', 'freeze');
    await awaited('key-ceremony');
    await trusteesMakeKey();
    await awaited('opening');
    await decides('poll-officer', 'open');
    await awaited('voting');
  }, 300_000);

  it('is annulled by nobody alone, and goes on until two people have said so', async () => {
    const { options } = await play.visitor.ballots.getPoll(about());
    const yes = options.map(({ optionId }) => optionId);
    const booth = await enterBooth(play, pollId);
    await booth.vote(play.residents[10]!, { yes, no: [] });
    await expect(annul('confirm', 'appeal-body')).rejects.toThrow(/no-change-requested: /);
    await expect(annul('ask', 'moderator')).rejects.toThrow(/forbidden: /);
    expect(await annul('ask', 'officer-and-judge')).toContain('Asked for, and not yet so.');
    await expect(annul('confirm', 'officer-and-judge')).rejects.toThrow(/same-person-twice: /);
    await booth.vote(play.residents[11]!, { yes: [], no: yes });
    expect(await status()).toMatchObject({ phase: 'open', wait: 'voting' });
  });

  it('has no result then: nobody votes any more, and the shares of its key are destroyed', async () => {
    const booth = await enterBooth(play, pollId);
    expect(await annul('confirm', 'appeal-body')).toContain(`Done: ${pollId} is annulled`);
    await vi.waitFor(
      async () => expect(await status()).toMatchObject({ phase: 'annulled', wait: null }),
      patience,
    );
    await vi.waitFor(
      async () =>
        expect(await play.visitor.ballots.getPollResult(about())).toMatchObject({
          outcome: 'annulled',
          ballots: 0,
        }),
      patience,
    );
    await expect(booth.vote(play.residents[12]!, { yes: [], no: [] })).rejects.toThrow();
    await Promise.all([0, 1, 2].map((at) => trustee(at, 'destroy')));
    expect(await talkoot(['poll', 'status', pollId])).toContain('Awaited: nobody; the poll has ended');
  });
});
