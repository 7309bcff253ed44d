import { servicesFor } from '@talkoot/cli';
import type { Play } from '@talkoot/cli';
import kafkajs from 'kafkajs';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { operatedStack } from './operated-stack.ts';
import type { OperatedStack } from './operated-stack.ts';

const patience = { timeout: 60_000, interval: 200 };
const PAYOUTS = 'talkoot.payouts';

let operated: OperatedStack;
let undisturbed: { play: Play; result: string };
let disturbed: { play: Play; result: string };
let journal: string;
const rebuilds: { rebuilt: { id: string; workflow: string }[]; failed: unknown[] }[] = [];

/** Loses everything the engine has, and has it rebuilt from what the services recorded. */
async function loseAndRebuild(): Promise<void> {
  await operated.loseEngine();
  await rebuild();
}

/** Loses it while polls of the disturbed pilot are at some wait. */
async function losePolls(kind: 'prioritisation' | 'criteria' | 'bonus', wait: string): Promise<void> {
  const { ballots } = servicesFor(operated.stack.urls);
  const params = { municipalityId: 'harju' };
  await vi.waitFor(async () => {
    const { items } = await ballots.listPolls({ params, query: { kind } });
    const polls = await Promise.all(
      items.map(({ pollId }) => ballots.getPoll({ params: { ...params, pollId } })),
    );
    expect(polls.map(({ lifecycle }) => lifecycle.wait)).toContain(wait);
  }, patience);
  await loseAndRebuild();
}

/** Loses an engine that was told facts which no worker had taken in yet. */
async function loseUntakenFacts(): Promise<void> {
  const worker = operated.stack.pid('worker')!;
  process.kill(worker, 'SIGSTOP');
  const told = { municipalityId: 'harju', 'command.signal': 'threshold-reached', publishedAt: { $ne: null } };
  const outbox = await operated.collection('projects', 'outbox');
  await vi.waitFor(async () => expect(await outbox.countDocuments(told)).toBeGreaterThan(0), patience);
  await operated.loseEngine();
  process.kill(worker, 'SIGCONT');
  await rebuild();
}

async function rebuild(): Promise<void> {
  const { stdout } = await operated.talkoot('lifecycle', 'rebuild', '--all', '--json');
  rebuilds.push(JSON.parse(stdout));
}

const follow = (...words: string[]) => ['payouts', 'follow', '--from-beginning', '--json', ...words];
const journalled = async () =>
  (await readFile(journal, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');

beforeAll(async () => {
  operated = await operatedStack();
  journal = join(operated.stack.data, 'finance.jsonl');
  undisturbed = await operated.play('lintula');
  // A finance system that dies after its first bookings, and is started again while there are more to come.
  const words = follow('--group', 'finance', '--journal', journal);
  const first = operated.begin(...words);
  await vi.waitFor(async () => expect((await journalled()).length).toBeGreaterThan(3), patience);
  first.kill('SIGKILL');
  await once(first, 'exit');
  const meanwhile = {
    'Residents propose': loseAndRebuild,
    'Residents endorse': loseUntakenFacts,
    'Residents vote, the round is allocated': () => losePolls('prioritisation', 'voting'),
    'Residents weigh the criteria': () => losePolls('criteria', 'key-ceremony'),
    'Teams form and sign': loseAndRebuild,
    'Residents vote on the bonus': () => losePolls('bonus', 'release'),
    'Three people approve, shares are paid': async () => {
      await operated.talkoot(...words, '--until-idle', '2');
    },
  };
  disturbed = await operated.play('harju', { meanwhile });
}, 600_000);
afterAll(() => operated.stop());

describe('a pilot whose engine lost its store six times, three of them in the middle of polls', () => {
  it('ends in the same bytes as one whose engine kept it', () => {
    expect(disturbed.result).toBe(undisturbed.result);
  });

  it('was rebuilt in every open lifecycle', () => {
    for (const { rebuilt, failed } of rebuilds) {
      expect(failed).toEqual([]);
      expect(rebuilt.map(({ id }) => id)).toContain(disturbed.play.pilotId);
      expect(rebuilt.some(({ workflow }) => workflow === 'started')).toBe(true);
    }
  });

  it('has nothing open at its end, and nothing to rebuild', async () => {
    const refused = (words: string[], code: RegExp) =>
      expect(operated.talkoot('lifecycle', ...words)).rejects.toThrow(code);
    const { pilotId } = disturbed.play;
    const [{ stdout }] = await Promise.all([
      operated.talkoot('lifecycle', 'list', '--json'),
      refused(['rebuild', pilotId], /lifecycle-closed: /),
      refused(['rebuild', 'pil-none'], /no-such-lifecycle: /),
      refused(['show', 'nonsense'], /not-a-lifecycle-id: /),
      refused(['rebuild'], /id-or-all: /),
      refused(['try-again', pilotId], /not-running: /),
    ]);
    expect(stdout).toBe('');
  });
});

/** Source and id of every payout event that payments has told. */
async function toldPayouts(): Promise<string[]> {
  const rows = await (
    await operated.collection('payments', 'outbox')
  )
    .find({ 'envelope.type': /^org\.talkoot\.payout\./ })
    .toArray();
  return rows.map(({ envelope }) => `${envelope.source} ${envelope.id}`).toSorted();
}
const keysOf = (lines: readonly string[]) =>
  lines
    .map((line) => JSON.parse(line) as { source: string; id: string })
    .map(({ source, id }) => `${source} ${id}`)
    .toSorted();

describe('a finance system that follows the payouts', () => {
  it('takes in each event exactly once although it was killed in the middle', async () => {
    await operated.talkoot(...follow('--group', 'finance', '--journal', journal, '--until-idle', '2'));
    const told = await toldPayouts();
    expect(told.length).toBeGreaterThan(20);
    expect(keysOf(await journalled())).toEqual(told);
  });

  it('goes on where it was when it was stopped in an orderly way', async () => {
    const words = follow('--group', 'orderly');
    const first = operated.begin(...words);
    const seen: string[] = [];
    const lines = createInterface(first.stdout!);
    lines.on('line', (line) => {
      seen.push(line);
      if (seen.length === 5) first.kill('SIGINT');
    });
    const [[code]] = await Promise.all([once(first, 'exit'), once(lines, 'close')]);
    expect(code).toBe(0);
    const { stdout: rest } = await operated.talkoot(...words, '--until-idle', '2');
    expect(keysOf([...seen, ...rest.split('\n').filter((line) => line !== '')])).toEqual(await toldPayouts());
  });
});

const shown = async ({ play }: { play: Play }) => {
  const pages = [...play.projects.values()].map(({ projectId }) => {
    const params = { municipalityId: play.plan.municipality.id, projectId };
    return play.visitor.projects.listTimeline({ params, query: { limit: 200 } });
  });
  return (await Promise.all(pages)).map(({ items }) => items);
};

const kafka = () =>
  new kafkajs.Kafka({
    brokers: operated.stack.urls.kafkaBrokers.split(','),
    clientId: 'journey',
    logLevel: kafkajs.logLevel.NOTHING,
  });

/** What the retention of a topic does in time. */
async function forget(topic: string): Promise<void> {
  const admin = kafka().admin();
  await admin.connect();
  const partitions = (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({
    partition,
    offset: high,
  }));
  await admin.deleteTopicRecords({ topic, partitions });
  await admin.disconnect();
}

describe('the timelines', () => {
  it('are built again to the same when they and all that Kafka kept are gone', async () => {
    const before = [await shown(undisturbed), await shown(disturbed)];
    expect(before.flat(2).length).toBeGreaterThan(100);
    await (await operated.collection('projects', 'timeline')).deleteMany({});
    for (const topic of ['talkoot.pilots', 'talkoot.projects', 'talkoot.polls', PAYOUTS]) await forget(topic);
    const words = ['timeline', 'rebuild', '--from-outboxes', '--json'];
    await operated.talkoot(...words);
    await vi.waitFor(
      async () => expect([await shown(undisturbed), await shown(disturbed)]).toEqual(before),
      patience,
    );
  });
});

interface Letter {
  _id: string;
  group: string;
  reason: string;
  state: string;
  times: number;
}
const letters = async () =>
  (await operated.talkoot('events', 'dead-letters', '--service', 'projects', '--json')).stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Letter);

async function say(value: string): Promise<void> {
  const producer = kafka().producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic: PAYOUTS, messages: [{ key: 'obl-none', value }] });
  await producer.disconnect();
}

describe('a message that cannot be applied', () => {
  let poison: Letter;

  it('is listed with its reason', async () => {
    await say('{"type":"org.talkoot.payout.settled.v1","id":"obligation/obl-none/1"}');
    await vi.waitFor(async () => {
      const [found] = await letters();
      expect(found).toMatchObject({ reason: 'invalid-event', state: 'waiting', times: 1 });
      poison = found!;
    }, patience);
  });

  it('is passed over by a finance system, which also knows what it is told twice', async () => {
    const { stdout, stderr } = await operated.talkoot(
      ...follow('--group', 'finance', '--journal', journal, '--until-idle', '2'),
    );
    expect(stdout).toBe('');
    expect(stderr).toMatch(/breaks org\.talkoot\.payout\.settled\.v1/);
    const told = await toldPayouts();
    expect(stderr).toContain(`0 events, ${told.length} seen before, 1 passed over.`);
    expect(keysOf(await journalled())).toEqual(told);
  });

  it('comes back when it is replayed and still cannot be applied', async () => {
    await operated.talkoot('events', 'replay', '--id', poison._id);
    const again = { _id: poison._id, state: 'waiting', times: 2 };
    await vi.waitFor(async () => expect(await letters()).toMatchObject([again]), patience);
  });

  it('is applied when what it stumbled over was mended', async () => {
    const known = await (await operated.collection('projects', 'timeline')).findOne({ type: /settled/ });
    const { envelope } = (await (
      await operated.collection('payments', 'outbox')
    ).findOne({
      'envelope.id': known!['eventId'].split(' ')[1],
    })) as unknown as { envelope: { subject: string; aggregateversion: number; id: string } };
    const later = { ...envelope, aggregateversion: 999, id: `obligation/${envelope.subject}/999` };
    const mended = {
      _id: `mended-${randomUUID()}`,
      group: poison.group,
      type: 'org.talkoot.payout.settled.v1',
    };
    const place = { topic: PAYOUTS, partition: 0, offset: '0', key: envelope.subject };
    const trouble = { reason: 'handler-failed', errorCode: 'Error', state: 'waiting', times: 1 };
    const kept = await operated.collection('projects', 'deadletters');
    await kept.insertOne({
      ...mended,
      ...place,
      ...trouble,
      failedAt: new Date(),
      value: JSON.stringify(later),
    } as never);
    await operated.talkoot('events', 'replay', '--service', 'projects', '--id', mended._id);
    await vi.waitFor(async () => {
      expect(await kept.findOne({ _id: mended._id as never })).toMatchObject({ state: 'healed' });
    }, patience);
    await expect(operated.talkoot('events', 'replay', '--id', mended._id)).rejects.toThrow(
      /no-such-letter: /,
    );
  });
});
