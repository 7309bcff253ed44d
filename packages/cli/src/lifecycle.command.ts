import { lifecycleKinds, TRY_AGAIN, workflowIdOf } from '@talkoot/workflow-contracts';
import type { LifecycleKind } from '@talkoot/workflow-contracts';
import { type Command, Option } from 'commander';
import { describeLifecycle, describeRebuild, listHead, listLine } from './lifecycle/lifecycle.text.ts';
import { OperationRefused } from './operation/operation.errors.ts';

interface Options {
  readonly data?: string;
  readonly json?: boolean;
}
interface ListOptions extends Options {
  readonly kind?: LifecycleKind;
  readonly overdue?: boolean;
}
interface RebuildOptions extends Options {
  readonly all?: boolean;
  readonly replace?: boolean;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const asJson = (value: unknown): string => JSON.stringify(value, null, 2);

/** `talkoot lifecycle`: what is open in a running deployment, and help for what is stuck or lost. */
export function registerLifecycle(program: Command): void {
  const lifecycle = program.command('lifecycle').description('See and repair the lifecycles of a deployment');
  const where = () => new Option('--data <dir>', 'the local stack in this directory, whatever variables say');
  lifecycle
    .command('list')
    .description('Lifecycles that have not ended')
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(lifecycleKinds))
    .option('--overdue', 'only those whose wait is overdue')
    .addOption(where())
    .option('--json', 'print one JSON object per line')
    .action(list);
  lifecycle
    .command('show')
    .argument('<id>', 'such as prj-…')
    .description('A lifecycle as it is recorded, and as the engine has it')
    .addOption(where())
    .option('--json', 'print {"state","terminal","engine","url"} as JSON')
    .action(show);
  lifecycle
    .command('rebuild')
    .argument('[id]', 'such as prj-…')
    .description('Start a lost workflow again from what is recorded')
    .option('--all', 'every open lifecycle, for an engine that lost its store')
    .option('--replace', 'end a workflow that runs, and start it again')
    .addOption(where())
    .option('--json', 'print {"rebuilt","failed"} as JSON')
    .action(rebuild);
  lifecycle
    .command('try-again')
    .argument('<id>', 'such as prj-…')
    .description('Try at once what was refused for good and is only tried slowly')
    .addOption(where())
    .action(tryAgain);
}

// The parts below load the clients of the services and the engine, which the other commands do not need.

async function list({ kind, overdue = false, data, json = false }: ListOptions): Promise<void> {
  const { withOwners } = await import('./lifecycle/owners.ts');
  const { openLifecycles } = await import('./lifecycle/lifecycle.reading.ts');
  await withOwners(data, async (owners) => {
    if (!json) print(listHead);
    for await (const page of openLifecycles(owners, { overdue, ...(kind && { kind }) })) {
      for (const one of page) print(json ? JSON.stringify(one) : listLine(one));
    }
  });
}

async function show(id: string, { data, json = false }: Options): Promise<void> {
  const { withOwners } = await import('./lifecycle/owners.ts');
  const { engineView, recordedState } = await import('./lifecycle/lifecycle.reading.ts');
  await withOwners(data, async (owners) => {
    const recorded = await recordedState(owners, id);
    const engine = await engineView(owners, recorded.state);
    const workflowId = encodeURIComponent(workflowIdOf(recorded.state.kind, id));
    const url = `${owners.uiUrl}/workflows/${workflowId}`;
    print(json ? asJson({ ...recorded, engine, url }) : describeLifecycle(recorded, engine, url));
  });
}

async function rebuild(id: string | undefined, options: RebuildOptions): Promise<void> {
  const { all = false, replace = false, data, json = false } = options;
  if ((id === undefined) !== all)
    throw new OperationRefused('id-or-all', 'Name one lifecycle, or say --all.');
  const { withOwners } = await import('./lifecycle/owners.ts');
  const { rebuildAll, rebuildLifecycle } = await import('./lifecycle/lifecycle.rebuild.ts');
  await withOwners(data, async (owners) => {
    const outcome =
      id === undefined
        ? await rebuildAll(owners, replace)
        : { rebuilt: [await rebuildLifecycle(owners, id, replace)], failed: [] };
    print(json ? asJson(outcome) : describeRebuild(outcome));
    const { length } = outcome.failed;
    if (length > 0) throw new OperationRefused('some-failed', `${length} were not rebuilt; repeat it later.`);
  });
}

async function tryAgain(id: string, { data }: Options): Promise<void> {
  const { withOwners } = await import('./lifecycle/owners.ts');
  const { engineView, recordedState } = await import('./lifecycle/lifecycle.reading.ts');
  await withOwners(data, async (owners) => {
    const { state } = await recordedState(owners, id);
    const { status } = await engineView(owners, state);
    if (status === 'unreachable') throw new OperationRefused('unreachable', 'Temporal does not answer.');
    if (status !== 'running') {
      throw new OperationRefused('not-running', `The workflow of ${id} does not run (${status}).`);
    }
    await owners.engine.workflow.getHandle(workflowIdOf(state.kind, id)).signal(TRY_AGAIN);
    print(`${id} tries again.`);
  });
}
