import type { LifecycleKind, LifecycleState, RecordedStep, StateOf } from '@talkoot/workflow-contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEngine } from '../../test/engine.ts';
import type { Engine, Running } from '../../test/engine.ts';
import { everyWait } from '../../test/waits.ts';
import { specOf } from './wait.ts';

interface Passed {
  readonly steps: readonly { step: RecordedStep; state: LifecycleState }[];
  readonly notices: Engine['town']['notices'];
}
const MOST_DAYS = 90;
const minute = 60_000;
const keyOf = (kind: string, name: string) => `${kind}.${name}`;
const passed = new Map<string, Passed>();

// One clock serves all: every wait of every lifecycle is opened, and time alone ends them side by side.
let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
  const running = await Promise.all(everyWait.map(begin));
  for (let days = 0; days < MOST_DAYS && !running.every(isOver); days += 5) await engine.skipDays(5);
  for (const { kind, name, run } of running) passed.set(keyOf(kind, name), whatPassed(name, run));
});
afterAll(async () => {
  await engine.replayAll();
  await engine.stop();
});

async function begin({ kind, name, at, then }: (typeof everyWait)[number]) {
  // The baselines are looked for when the wait begins; one has to be missing for it to last.
  engine.town.missingBaselines = ['crt-1'];
  const stage = at.stage === undefined ? { stage: name } : {};
  const from = { ...at, ...stage } as unknown as Partial<StateOf<LifecycleKind>>;
  return { kind, name, then, run: await engine.start(kind, from) };
}

const isOver = ({ run, then }: Awaited<ReturnType<typeof begin>>): boolean => run.steps.includes(then.step);

/** What is on record of the first course of a wait, and who was told. */
function whatPassed(name: string, run: Running<LifecycleKind>): Passed {
  const records = engine.town.of(run.id);
  const last = records.findIndex(({ step }) => step.data['wait'] === name && endsWait(step));
  const steps = records.slice(0, last + 1).filter(({ step }) => step.data['wait'] === name);
  const told = new Set(steps.map(({ step }) => `${run.kind}-${run.id}-${step.number}`));
  const isOfWait = (noticeId: string) =>
    [...told].some((id) => noticeId === id || noticeId.startsWith(`${id}-`));
  return { steps, notices: engine.town.notices.filter(({ noticeId }) => isOfWait(noticeId)) };
}

const endsWait = ({ cause, waitEffect }: RecordedStep): boolean =>
  cause === 'deadline' && waitEffect === null;

describe.each(everyWait)('$kind: $name', ({ kind, name, then }) => {
  const { awaiting, atDue, escalatesTo } = specOf(kind, name);
  const rungs = atDue === 'escalate' ? ['overdue', ...escalatesTo.map(() => 'escalated')] : [];
  const steps = () => passed.get(keyOf(kind, name))!.steps;

  test('reminds, is overdue, goes up its ladder and ends, each on public record', () => {
    expect(steps().map(({ step }) => step.name)).toEqual([
      `${name}-opened`,
      `${name}-reminded`,
      ...rungs.map((effect) => `${name}-${effect}`),
      then.step,
    ]);
    expect(steps().map(({ step }) => step.waitEffect)).toEqual([null, 'reminded', ...rungs, null]);
    for (const { step } of steps()) expect(step.data).toMatchObject({ wait: name, awaiting });
    const escalated = steps().filter(({ step }) => step.waitEffect === 'escalated');
    expect(escalated.map(({ step }) => step.data['to'])).toEqual(rungs.length > 0 ? escalatesTo : []);
  });

  test('does each at its instant', () => {
    const { state } = steps()[0]!;
    const wait = (state.side?.name === name ? state.side : state.wait)!;
    const instants = [wait.remindAt, wait.due, ...wait.escalations.map(({ at }) => at), wait.lapseAt];
    const planned = instants.flatMap((at) => (at === null ? [] : [Date.parse(at)]));
    const happened = steps()
      .slice(1)
      .map(({ step }) => Date.parse(step.at));
    expect(happened).toHaveLength(planned.length);
    for (const [at, instant] of planned.entries()) {
      expect(happened[at]).toBeGreaterThanOrEqual(instant);
      expect(happened[at]).toBeLessThan(instant + minute);
    }
  });

  test('tells whoever is awaited, and each rung', () => {
    const { notices } = passed.get(keyOf(kind, name))!;
    const relations: Record<string, unknown[]> = {
      champion: [{ personId: 'per-champion' }],
      team: [{ personId: 'per-champion' }, { personId: 'per-lead' }],
    };
    const receivers = relations[awaiting] ?? [{ role: awaiting }];
    const tell = (template: string, to: readonly unknown[]) =>
      to.map((receiver) => ({ template, to: receiver, wait: name }));
    expect(notices.map(({ template, to, wait }) => ({ template, to, wait }))).toEqual([
      ...tell('reminder', receivers),
      ...(rungs.length > 0 ? tell('overdue', receivers) : []),
      ...(rungs.length > 0 ? escalatesTo.flatMap((role) => tell('escalation', [{ role }])) : []),
    ]);
  });

  test('leaves the lifecycle where its story says', () => {
    const { state, step } = steps().at(-1)!;
    expect({ phase: state.phase, stage: state.stage }).toEqual({
      phase: then.phase,
      stage: then.stage ?? null,
    });
    expect(step.data['reasonCode']).toBe(then.reasonCode);
    expect(state.sideStage).toBeNull();
  });
});
