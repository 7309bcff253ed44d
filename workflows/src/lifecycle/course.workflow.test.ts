import { lifecycleKinds, phases } from '@talkoot/workflow-contracts';
import type { LifecycleKind } from '@talkoot/workflow-contracts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { follow } from '../../test/courses.ts';
import { endings } from '../../test/endings.ts';
import type { Ending } from '../../test/endings.ts';
import { startEngine } from '../../test/engine.ts';
import type { Engine, Running } from '../../test/engine.ts';

let engine: Engine;
const visited = new Map<LifecycleKind, Set<string>>(lifecycleKinds.map((kind) => [kind, new Set(['new'])]));
beforeAll(async () => {
  engine = await startEngine();
});
afterEach(async () => {
  for (const { state } of [...engine.town.records.values()].flat()) visited.get(state.kind)!.add(state.phase);
  await engine.replayAll();
});
afterAll(() => engine.stop());

describe.each(lifecycleKinds)('%s', (kind) => {
  test('follows its good course to the end', async () => {
    const run = (await engine.start(kind)) as Running<LifecycleKind>;
    await follow(run);
    const { phase, step } = await run.result();
    expect(phase).toBe(run.recordedState().phase);
    expect(step).toBe(run.steps.length);
    expect(run.steps).toMatchSnapshot('steps');
    expect(engine.town.calls.map((call) => call.replaceAll(/t\d+/g, 't'))).toMatchSnapshot('calls');
  });

  test.each(endings[kind] as unknown as Ending<LifecycleKind>[])(
    'ends: $rule',
    async ({ from, happen, ends, steps, calls = [] }) => {
      const run = (await engine.start(kind, from)) as Running<LifecycleKind>;
      await happen?.(run, engine);
      expect((await run.result()).phase).toBe(ends);
      expect(inOrder(run.steps, steps)).toEqual(steps);
      for (const call of calls) expect(engine.town.calls).toContain(call.replace('ID', run.id));
    },
  );
});

test('every phase of every lifecycle has been visited', () => {
  for (const kind of lifecycleKinds) expect(visited.get(kind)).toEqual(new Set(phases[kind]));
});

/** Those of the wanted steps that are among the given ones, in this order. */
function inOrder(steps: readonly string[], wanted: readonly string[]): string[] {
  let at = 0;
  return wanted.filter((name) => {
    const found = steps.indexOf(name, at);
    if (found >= 0) at = found + 1;
    return found >= 0;
  });
}
