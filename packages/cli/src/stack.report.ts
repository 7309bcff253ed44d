import type { ProcessName, StackHandle, StackProgress, StackState, StackUrls } from '@talkoot/local-stack';
import Table from 'cli-table3';
import { createLiveList } from './live-list.ts';

/** Shows how a stack starts, and afterwards what happens to its processes. */
export interface StackReporter {
  progress(progress: StackProgress): void;
  ready(stack: StackHandle): Promise<void>;
  close(): void;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** On a terminal a live list, otherwise plain lines; with `json` one object per line. */
export function createStackReporter({ json, terminal }: { json: boolean; terminal: boolean }): StackReporter {
  if (json) return reportAsJson();
  return terminal ? reportLive() : reportAsLines();
}

function reportAsJson(): StackReporter {
  const write = (value: unknown): void => print(JSON.stringify(value));
  return {
    progress: write,
    ready: async ({ data, urls }) => write({ kind: 'ready', data, urls }),
    close: () => {},
  };
}

function reportAsLines(): StackReporter {
  const seen = new Map<string, string>();
  return {
    progress(progress) {
      const [name, what] = inWords(progress);
      if (seen.get(name) === what) return;
      seen.set(name, what);
      print(`${name}: ${what}`);
    },
    ready: async (stack) => print(whereToGo(stack)),
    close: () => {},
  };
}

function reportLive(): StackReporter {
  const lines = reportAsLines();
  const list = createLiveList(process.stdout);
  let started = false;
  return {
    progress(progress) {
      if (started) return lines.progress(progress);
      const [name, what] = inWords(progress);
      list.update(name, what, isDone(progress));
    },
    async ready(stack) {
      list.close();
      started = true;
      await lines.ready(stack);
    },
    close: () => list.close(),
  };
}

function isDone(progress: StackProgress): boolean {
  if (progress.kind === 'provision') return progress.step === 'ready';
  return progress.kind === 'cleared' || progress.state === 'ready' || progress.state === 'stopped';
}

/** Whom a message is about, and what it says. */
function inWords(progress: StackProgress): [name: string, what: string] {
  switch (progress.kind) {
    case 'provision':
      return [`${progress.server} program`, [progress.step, progress.detail].filter(Boolean).join(' ')];
    case 'cleared':
      return ['leftovers', `stopped ${progress.processes.join(', ')} of a stack that was killed`];
    case 'process':
      return [progress.name, stateInWords(progress)];
  }
}

function stateInWords({ state, lastExit, log }: Extract<StackProgress, { kind: 'process' }>): string {
  if (state === 'restarting') return `${lastExit}, starting it again (${log})`;
  if (state === 'failed') return `given up: ${lastExit} (${log})`;
  return state;
}

const addresses: Readonly<Record<keyof StackUrls, ProcessName>> = {
  temporalUi: 'temporal',
  projects: 'projects',
  ballots: 'ballots',
  payments: 'payments',
  identity: 'identity',
  identityProvider: 'identity-provider',
  auditor: 'auditor',
  auditorIdentityProvider: 'auditor-identity-provider',
  witness: 'witness',
  worker: 'worker',
  temporalAddress: 'temporal',
  mongodb: 'mongod',
  kafkaBrokers: 'kafka',
};

/** The addresses of what runs; with `--only` the rest has none. */
function whereToGo({ data, urls, ...stack }: StackHandle): string {
  const table = new Table({ head: ['what', 'where'], style: { head: [], border: [] } });
  for (const [name, process] of Object.entries(addresses)) {
    if (stack.pid(process) !== undefined) table.push([name, urls[name as keyof StackUrls]]);
  }
  return [table.toString(), `State and logs: ${data}`, 'Ready. Ctrl-C stops everything.'].join('\n');
}

/** The processes of a running stack as a table. */
export function describeStack({ supervisor, urls, processes, down }: StackState): string {
  const table = new Table({
    head: ['process', 'state', 'pid', 'restarts', 'log'],
    style: { head: [], border: [] },
  });
  for (const [name, { state, pid, restarts, log }] of Object.entries(processes)) {
    table.push([name, state, pid, restarts, log]);
  }
  for (const [name, { state, restarts, log }] of Object.entries(down)) {
    table.push([name, state, '', restarts, log]);
  }
  return [`Supervisor: process ${supervisor.pid}. Temporal UI: ${urls.temporalUi}`, table.toString()].join(
    '\n',
  );
}
