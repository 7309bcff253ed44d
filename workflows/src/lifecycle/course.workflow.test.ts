import { lifecycleKinds } from '@talkoot/workflow-contracts';
import type { LifecycleKind } from '@talkoot/workflow-contracts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { follow } from '../../test/courses.ts';
import { startEngine } from '../../test/engine.ts';
import type { Engine, Running } from '../../test/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterEach(() => engine.replayAll());
afterAll(() => engine.stop());

describe.each(lifecycleKinds)('%s', (kind) => {
  test('follows its good course to the end', async () => {
    const run = (await engine.start(kind)) as Running<LifecycleKind>;
    await follow(run);
    const { phase, step } = await run.result();
    expect(phase).toBe(run.recordedState().phase);
    expect(step).toBe(run.steps.length);
    expect(run.steps).toMatchSnapshot();
    expect(engine.town.calls.map((call) => call.replaceAll(/t\d+/g, 't'))).toMatchSnapshot();
  });
});
