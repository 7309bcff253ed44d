import type { LifecycleState } from '@talkoot/workflow-contracts';
import type { EngineView, OpenLifecycle } from './lifecycle.reading.ts';
import type { RebuiltAll } from './lifecycle.rebuild.ts';

/** The longest ids are those of polls about a project: pol-c-… */
const widths = [26, 16, 18, 20, 24, 26];
const columns = (cells: readonly string[]) =>
  cells
    .map((cell, at) => cell.padEnd(widths[at] ?? 0))
    .join('  ')
    .trimEnd();

export const listHead = columns(['id', 'municipality', 'phase', 'awaiting', 'wait', 'due']);

/** One line of the list of open lifecycles. */
export function listLine(one: OpenLifecycle): string {
  const mark = one.suspended ? ' suspended' : one.overdue ? ' overdue' : '';
  const awaiting = one.awaiting ?? 'system';
  const due = `${one.dueAt ?? '-'}${mark}`;
  return columns([one.id, one.municipalityId, one.phase, awaiting, one.wait ?? '-', due]);
}

/** A lifecycle as recorded and as the engine has it. */
export function describeLifecycle(
  { state, terminal }: { state: LifecycleState; terminal: boolean },
  engine: EngineView,
  url: string,
): string {
  const { wait } = state;
  const events = engine.events === null ? '' : `, ${engine.events} events`;
  return [
    `${state.kind} ${state.id} of ${state.municipalityId}: ${state.phase}${terminal ? ' (ended)' : ''}, step ${state.step}`,
    ...(wait ? [`waits for ${wait.awaiting} since ${wait.since}: ${wait.name}, due ${wait.due}`] : []),
    ...(wait?.overdue ? [`overdue, escalated ${wait.escalated} times`] : []),
    ...(wait?.suspendedSince ? [`suspended since ${wait.suspendedSince}`] : []),
    `workflow: ${engine.status}${events}${hintOf(state.id, terminal, engine)}`,
    ...engine.pending.map(({ activity, attempt, lastFailure }) =>
      lastFailure === null
        ? `being done: ${activity}`
        : `tried ${attempt} times: ${activity}: ${lastFailure}`,
    ),
    ...(engine.details ? ['', 'What its workflow says:', ...plainly(engine.details), ''] : []),
    url,
  ].join('\n');
}

/** Details are Markdown, for the pages of the engine. */
function plainly(details: string): string[] {
  const text = details.replaceAll(/\*\*|`/g, '').replaceAll(/\[([^\]]+)\]\(([^)]+)\)/g, '$1: $2');
  return text.split(/\n+/).map((line) => `  ${line}`);
}

function hintOf(id: string, terminal: boolean, { status, details }: EngineView): string {
  if (status === 'unreachable') return ': Temporal does not answer';
  if (status === 'running')
    return details ? '' : '; no worker answers for it, or it fails there: see its log';
  return terminal ? '' : `; start it again with: talkoot lifecycle rebuild ${id}`;
}

/** What a rebuild of everything came to. */
export function describeRebuild({ rebuilt, failed }: RebuiltAll): string {
  const count = (workflow: string) => rebuilt.filter((one) => one.workflow === workflow).length;
  const facts = rebuilt.reduce((sum, one) => sum + one.facts, 0);
  return [
    `${count('started')} started, ${count('replaced')} replaced, ${count('already-running')} left alone; ${facts} facts told again.`,
    ...failed.map(({ id, why }) => `${id} failed: ${why}`),
  ].join('\n');
}
