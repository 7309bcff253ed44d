import { lifecycleKinds } from '@talkoot/workflow-contracts';
import type { LifecycleKind } from '@talkoot/workflow-contracts';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { follow, reason } from './courses.ts';
import { endings } from './endings.ts';
import type { Ending } from './endings.ts';
import { startEngine } from './engine.ts';
import type { Engine, Running } from './engine.ts';
import { historiesOf, toPublicJson } from './histories.ts';
import { charter } from './town.ts';

type AnyRun = Running<LifecycleKind>;
interface Course {
  readonly name: string;
  readonly kind: LifecycleKind;
  readonly run: (engine: Engine) => Promise<AnyRun>;
}

const good = (kind: LifecycleKind): Course => ({
  name: 'good',
  kind,
  run: async (engine) => {
    const run = (await engine.start(kind)) as AnyRun;
    await follow(run);
    return run;
  },
});

const ended = (kind: LifecycleKind, name: string, rule: string): Course => ({
  name,
  kind,
  run: async (engine) => {
    const ending = (endings[kind] as unknown as readonly Ending<LifecycleKind>[]).find(
      (one) => one.rule === rule,
    );
    if (!ending) throw new Error(`No ending ${rule}`);
    const run = (await engine.start(kind, ending.from)) as AnyRun;
    await ending.happen?.(run, engine);
    return run;
  },
});

/** A wait extended, suspended and resumed by two people, and then missed up its whole ladder. */
const changed: Course = {
  name: 'changed',
  kind: 'project',
  run: async (engine) => {
    const run = await engine.start('project', { phase: 'qualified', stage: 'review' });
    const { state } = await run.reached('review-opened');
    const due = new Date(Date.parse(state.wait!.due) + 10 * 86_400_000).toISOString();
    for (const change of [{ change: 'extend', due }, { change: 'suspend' }, { change: 'resume' }] as const) {
      await run.decide('request-change', 'sponsor', { ...change, reason });
      await run.decide('confirm-change', 'appeal-body', change);
    }
    return run as unknown as AnyRun;
  },
};

/** A poll whose phases authorised acts end. */
const byActs: Course = {
  name: 'acts',
  kind: 'poll',
  run: async (engine) => {
    engine.town.charter = { ...charter, endsBy: 'act' };
    const run = await engine.start('poll');
    await follow(run);
    return run as unknown as AnyRun;
  },
};

const recorded: readonly Course[] = [
  ...lifecycleKinds.map(good),
  byActs,
  ended(
    'project',
    'appeals',
    'assessed again after an objection and after the one appeal, its bonus decided again, then paid',
  ),
  ended(
    'project',
    'deadlines',
    'led on by the champion who answered, and by the successor of one who did not',
  ),
  changed,
  ended('measurement', 'deadlines', 'completed by its deadlines alone, and what is missing shows'),
  ended('pilot', 'appeal', 'refused, when the appeal is dismissed'),
  ended('poll', 'deadlines', 'decided by its deadlines alone, with trustees who do their part'),
  ended('poll', 'no-key', 'not held, when its trustees make no key'),
  ended('poll', 'too-few', 'decided without a result, when too few have voted'),
  ended('poll', 'not-released', 'decided without a result, when its trustees do not release the key'),
  ended('poll', 'annulled', 'annulled, when an appeal is upheld'),
  ended('batch', 'deadlines', 'reconciled however long the bank takes'),
];

const root = new URL('../', import.meta.url);
const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as { version: string };
const folder = new URL(`histories/${version}/`, root);
await mkdir(folder, { recursive: true });
const engine = await startEngine();
// One kind may be named: the others stay as they are.
const [only] = process.argv.slice(2);
for (const { name, kind, run: begin } of recorded.filter((one) => only === undefined || one.kind === only)) {
  const run = await begin(engine);
  await run.result();
  const { workflowId, firstExecutionRunId } = run.handle;
  const histories = await historiesOf(engine.environment.client, workflowId, firstExecutionRunId);
  for (const [at, history] of histories.entries()) {
    const file = `${kind}.${name}${histories.length > 1 ? `.${at + 1}` : ''}.json`;
    await writeFile(new URL(file, folder), toPublicJson(history));
    console.log(`${file}: ${history.events?.length ?? 0} events`);
  }
  await engine.replayAll();
}
await engine.stop();
