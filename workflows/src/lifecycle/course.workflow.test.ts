import { lifecycleKinds } from '@talkoot/workflow-contracts';
import type { LifecycleKind } from '@talkoot/workflow-contracts';
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest';
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
    console.log(await run.result(), run.steps.join(' '), engine.town.calls);
  });
});
