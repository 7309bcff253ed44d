import type { Manifest } from '@talkoot/ballot-protocol';
import { searchAttributes } from '@talkoot/workflow-contracts';
import type { StateOf, WaitName } from '@talkoot/workflow-contracts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { follow, reason } from '../../test/courses.ts';
import { startEngine } from '../../test/engine.ts';
import type { Engine, Running } from '../../test/engine.ts';
import { manifestOf, textOf } from '../../test/manifest.ts';
import { charter } from '../../test/town.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterEach(() => engine.replayAll());
afterAll(() => engine.stop());

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const inMs = (at: string) => Date.parse(at);

/** Skips time until the step is recorded. */
async function until(run: Running<'poll'>, step: string) {
  for (let skipped = 0; skipped < 60 && !run.steps.includes(step); skipped += 1) await engine.skipDays(1);
  return run.reached(step);
}

const later = {
  opens: '2045-01-01T00:00:00Z',
  certificatesClose: '2045-02-01T00:00:00Z',
  castingCloses: '2045-02-01T00:30:00Z',
  complaintsClose: '2045-02-04T00:30:00Z',
};

async function withKey(): Promise<{ run: Running<'poll'>; windows: PollWindowsOf }> {
  const run = await engine.start('poll');
  await follow(run, 'key-ceremony');
  await run.report('key-made', {});
  const { state } = await run.reached('manifest-published');
  return { run, windows: (state as unknown as StateOf<'poll'>).facts.windows! };
}
type PollWindowsOf = NonNullable<StateOf<'poll'>['facts']['windows']>;

describe('a poll whose phases end by deadline', () => {
  test('keeps to the instants of its manifest, to the second', async () => {
    const { run, windows } = await withKey();
    expect(JSON.parse(engine.town.manifests.get(run.id)!)).toMatchObject({ windows });
    const ends = [
      ['opening', 'opens'],
      ['voting', 'certificatesClose'],
      ['casting', 'castingCloses'],
      ['complaints', 'complaintsClose'],
    ] as const;
    for (const [name, window] of ends) {
      const { state } = await until(run, `${name}-opened`);
      expect(inMs(state.wait!.due)).toBe(inMs(windows[window]));
      const { step } = await until(run, `${name}-closed`);
      expect(inMs(step.at) - inMs(windows[window])).toBeLessThan(minute);
      expect(inMs(step.at)).toBeGreaterThanOrEqual(inMs(windows[window]));
    }
    expect(inMs(windows.castingCloses) - inMs(windows.certificatesClose)).toBe(30 * minute);
    expect(inMs(windows.complaintsClose) - inMs(windows.castingCloses)).toBeGreaterThanOrEqual(72 * hour);
  });

  test('gives every later window its whole time when two people extend the voting', async () => {
    const { run, windows } = await withKey();
    const { state } = await until(run, 'voting-opened');
    const due = new Date(inMs(state.wait!.due) + 10 * day).toISOString();
    await run.decide('request-change', 'sponsor', { change: 'extend', due, reason });
    await run.decide('confirm-change', 'appeal-body', { change: 'extend', due });
    const closed = await until(run, 'voting-closed');
    expect(inMs(closed.step.at)).toBeGreaterThanOrEqual(inMs(due));
    const casting = await run.reached('casting-opened');
    expect(inMs(casting.state.wait!.due) - inMs(casting.state.wait!.since)).toBe(30 * minute);
    const complaints = await until(run, 'complaints-opened');
    const length = inMs(windows.complaintsClose) - inMs(windows.castingCloses);
    expect(inMs(complaints.state.wait!.due) - inMs(complaints.state.wait!.since)).toBe(length);
  });

  test('lets complaints last when the board could be published only days later', async () => {
    const closed = (await engine.environment.currentTimeMs()) - 9 * day;
    const at = (days: number) => new Date(closed + days * day).toISOString();
    const windows = {
      opens: at(-9),
      certificatesClose: at(-1),
      castingCloses: at(0),
      complaintsClose: at(4),
    };
    const run = await engine.start('poll', { phase: 'closed', facts: { windows } });
    const { state } = await run.reached('complaints-opened');
    expect(inMs(state.wait!.due) - inMs(state.wait!.since)).toBe(4 * day);
    expect(inMs(state.wait!.since) - closed).toBeGreaterThanOrEqual(9 * day);
  });

  test('keeps to the windows that were planned, whatever the charter says by now', async () => {
    const run = await engine.start('poll', {
      id: 'pol-first',
      phase: 'roll-frozen',
      facts: { windows: later },
    });
    const { state } = await run.reached('opening-opened');
    expect(state.facts['windows']).toEqual(later);
    expect(JSON.parse(engine.town.manifests.get(run.id)!)).toMatchObject({ windows: later });
    expect(inMs(state.wait!.due)).toBe(inMs(later.opens));
  });
});

describe('a manifest', () => {
  /** What a poll is stuck at whose manifest somebody wrote before the worker asked for it. */
  async function stuckAt(pollId: string, changes: Partial<Manifest>): Promise<string> {
    const manifest = manifestOf(pollId, { windows: later, ...changes });
    engine.town.manifests.set(pollId, textOf(manifest));
    const run = await engine.start('poll', { id: pollId, phase: 'roll-frozen', facts: { windows: later } });
    for (const limit = Date.now() + 20_000; Date.now() < limit;) {
      const details = await run.details();
      if (!details.includes('**Stuck**')) continue;
      expect(engine.town.calls.filter((call) => call.startsWith('openIssuance'))).toEqual([]);
      expect(run.steps).not.toContain('manifest-published');
      return details;
    }
    throw new Error('It never got stuck');
  }

  test('that asks something else than was prepared opens nothing, and the operator reads why', async () => {
    const { ballot } = manifestOf('pol-cheap');
    const options = [{ ...ballot.options[0]!, cost: 1 }, ...ballot.options.slice(1)];
    const changed = { ...ballot, options } as Manifest['ballot'];
    expect(await stuckAt('pol-cheap', { ballot: changed })).toContain(
      'publish the manifest: question-differs',
    );
  });

  test('that has other windows than were planned opens nothing', async () => {
    const windows = { ...later, opens: '2044-12-01T00:00:00Z' };
    expect(await stuckAt('pol-sooner', { windows })).toContain('publish the manifest: windows-differ');
  });

  test('that is another one when the issuers are to be bound to it opens nothing', async () => {
    const { board } = manifestOf('pol-swapped');
    const elsewhere = { ...board, origin: 'elsewhere.example' };
    const other = textOf(manifestOf('pol-swapped', { windows: later, board: elsewhere }));
    engine.town.meanwhile.set('publishManifest', async () => {
      engine.town.meanwhile.delete('publishManifest');
      // After the answer was made.
      setImmediate(() => engine.town.manifests.set('pol-swapped', other));
    });
    const facts = { windows: later };
    const run = await engine.start('poll', { id: 'pol-swapped', phase: 'roll-frozen', facts });
    await expect.poll(() => run.details(), { timeout: 20_000 }).toContain('manifest-differs');
    expect(engine.town.calls.filter((call) => call.startsWith('openIssuance'))).toEqual([]);
  });
});

test('a poll whose phases end by acts has no windows, and the charter alone says by when', async () => {
  engine.town.charter = { ...charter, endsBy: 'act', calendar: { default: { duration: 'P180D' } } };
  const { run, windows } = await withKey();
  expect(windows).toBeNull();
  expect(engine.town.calls).toContain(`publishManifest ${run.id} for acts`);
  for (const name of ['opening', 'voting', 'casting', 'complaints'] as const) {
    await follow(run, name);
    const { wait } = run.recordedState();
    expect(inMs(wait!.due) - inMs(wait!.since)).toBeGreaterThan(179 * day);
  }
  await follow(run);
  expect(run.recordedState().phase).toBe('decided');
});

describe('trustees', () => {
  test('who are done before the rolls are on record are not waited for', async () => {
    engine.town.meanwhile.set('recordRolls', async () => {
      engine.town.meanwhile.delete('recordRolls');
      await run.report('key-made', {});
      await run.reached('key-made');
    });
    const run = await engine.start('poll', { phase: 'prepared', stage: null });
    await run.reached('opening-opened');
    expect(run.steps).toEqual([
      'key-made',
      'roll-frozen',
      'windows-planned',
      'manifest-published',
      'opening-opened',
    ]);
  });

  test('who release before it is on record that they may are not waited for', async () => {
    engine.town.meanwhile.set('settleComplaints', async () => {
      engine.town.meanwhile.delete('settleComplaints');
      await run.report('key-released', {});
      await run.reached('key-released');
    });
    const run = await engine.start('poll', { phase: 'closed', facts: { complaintsOver: true } });
    await run.reached('publication-opened');
    expect(run.steps).toEqual(['key-released', 'complaints-settled', 'tallied', 'publication-opened']);
    expect(engine.town.calls).toContain(`tallyPoll ${run.id} counted`);
  });

  test('told twice make one key', async () => {
    const { run } = await withKey();
    await run.report('key-made', {}, 'told again');
    await follow(run, 'voting');
    expect(run.steps.filter((step) => step === 'key-made')).toHaveLength(1);
  });

  test('who release while their poll is given up are too late: what is recorded first stands', async () => {
    engine.town.meanwhile.set('tallyPoll', async () => {
      engine.town.meanwhile.delete('tallyPoll');
      await run.report('key-released', {});
    });
    const facts = { ballots: 60, reasonCode: 'not-released' };
    const run = await engine.start('poll', { phase: 'key-release', facts });
    const { step } = await run.reached('tallied');
    expect(step.data).toMatchObject({ outcome: 'withheld', reasonCode: 'not-released' });
    expect(run.steps).not.toContain('key-released');
  });
});

test('nobody who gains from a bonus is on either roll', async () => {
  const run = await engine.start('poll', { id: 'pol-b-1', projectId: 'prj-1' });
  await follow(run, 'key-ceremony');
  expect(engine.town.calls).toContain('freezeRoll pol-b-1 without per-champion,per-contractor,per-lead');
  expect(engine.town.calls).toContain(
    'freezeRoll of auditor pol-b-1 without ref-per-champion,ref-per-contractor,ref-per-lead',
  );
});

test.each([
  ['roll-frozen', 'key-ceremony', 'trustee', 'the trustees make the key'],
  ['closing', 'casting', 'resident', 'whoever has both may still cast'],
  ['key-release', 'release', 'trustee', 'the trustees open the ballots'],
] as const)(
  'an operator finds a poll in phase %s by who is awaited, and reads what it means',
  async (phase, stage: WaitName<'poll'>, awaited, words) => {
    const run = await engine.start('poll', { phase, stage });
    await run.reached(`${stage}-opened`);
    const details = await run.details();
    expect(details).toContain(`: **${phase}**, that is: `);
    expect(details).toContain(words);
    expect(details).toContain(`Waiting for **${awaited}**`);
    const { searchAttributes: shown } = await run.handle.describe();
    expect(shown[searchAttributes.phase.name]).toEqual([phase]);
    expect(shown[searchAttributes.awaiting.name]).toEqual([awaited]);
  },
);
