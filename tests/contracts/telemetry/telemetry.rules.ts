import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { owners } from '../databases.ts';
import { routes, spansOf } from '../running-system.ts';
import type { RunningSystem } from '../running-system.ts';
import { labelOf, SpanTree } from './span.tree.ts';

const processes = [...owners, 'worker'] as const;

interface LogLine {
  readonly service: string;
  readonly message: string;
  readonly trace_id?: string;
  readonly route?: string;
}

export function telemetryRules(system: () => RunningSystem): void {
  let tree: SpanTree;
  beforeAll(async () => {
    tree = new SpanTree(await spansOf(system()));
  });

  it('follows a request over MongoDB, outbox and Kafka to what a consumer makes of it', () => {
    const spending = tree
      .pathsTo('projects: update timeline')
      .filter((path) => path.includes('projects: process org.talkoot.project.spending-recorded.v1'));
    expect(spending[0]).toEqual([
      'payments: POST /v1/m/:municipalityId/projects/:projectId/spending',
      'payments: request handler',
      'projects: process org.talkoot.project.spending-recorded.v1',
      'projects: update timeline',
    ]);
    const written = tree.spans.filter((span) => labelOf(span) === 'payments: insert outbox');
    const traces = new Set(written.map(({ traceId }) => traceId));
    const consumed = tree.spans.filter(({ name }) => name.includes('spending-recorded'));
    expect(consumed.every(({ traceId }) => traces.has(traceId))).toBe(true);
  });

  it('follows a decision over the Update, the workflow and its activity to MongoDB, and on to the consumer', () => {
    const way = [
      'ballots: POST /v1/m/:municipalityId/polls/:pollId/opening',
      'ballots: request handler',
      'ballots: StartWorkflowUpdate:open',
      'worker: HandleUpdate:open',
      'worker: StartActivity:recordStep',
      'worker: RunActivity:recordStep',
      'worker: POST',
      'ballots: POST /internal/v1/lifecycles/:kind/:lifecycleId/steps',
      'ballots: request handler',
    ];
    expect(tree.pathsTo('ballots: insert lifecyclesteps')).toContainEqual([
      ...way,
      'ballots: insert lifecyclesteps',
    ]);
    const consumer = 'projects: process org.talkoot.poll.phase-entered.v1';
    expect(tree.pathsTo(consumer)).toContainEqual([...way, consumer]);
  });

  it('follows a fact over the outbox and a signal to the workflow', () => {
    expect(tree.pathsTo('worker: HandleSignal:threshold-reached')[0]).toEqual([
      'projects: POST /v1/m/:municipalityId/projects/:projectId/endorsements',
      'projects: request handler',
      'projects: signal project',
      'projects: SignalWorkflow:threshold-reached',
      'worker: HandleSignal:threshold-reached',
    ]);
  });

  it('loses no parent', () => {
    const lost = tree.spans.map((span) => tree.pathTo(span)).filter(([root]) => root === '?');
    expect(lost).toEqual([]);
  });

  it('leaves no span and no log line of casting a ballot', async () => {
    const silent = routes.filter(({ spec }) => spec.silent).map(({ spec }) => spec.path);
    expect(silent).toContain('/v1/polls/{pollId}/ballots');
    const asExpress = silent.map((path) => path.replaceAll(/\{(\w+)\}/g, ':$1'));
    const traced = tree.spans.filter(({ attributes }) =>
      asExpress.includes(String(attributes['http.route']).replaceAll('*', ':')),
    );
    expect(traced).toEqual([]);
    // What is published is marked by whoever closes the board: that is of all ballots alike.
    const stored = /^(ballots: insert (leaves|complaints)|witness: \w+ kept_leaves)$/;
    expect(tree.spans.map(labelOf).filter((label) => stored.test(label))).toEqual([]);
    for (const taker of ['ballots', 'witness'] as const) {
      const lines = await logOf(system(), taker);
      expect(lines.filter(({ route }) => silent.includes(route ?? ''))).toEqual([]);
      expect(lines.length).toBeGreaterThan(10);
    }
  });

  it('logs each request with the id of its trace', async () => {
    const known = new Set(tree.spans.map(({ traceId }) => traceId));
    for (const name of owners) {
      const requests = (await logOf(system(), name)).filter(({ message }) => message === 'request');
      expect(requests.length).toBeGreaterThan(10);
      expect(requests.filter((line) => !known.has(line.trace_id ?? ''))).toEqual([]);
    }
  });

  describe.each(processes)('%s', (name) => {
    it('answers that it lives, that it is ready, and its metrics', async () => {
      const ask = (path: string) => fetch(`${system().stack.urls[name]}${path}`);
      expect((await ask('/health')).status).toBe(200);
      const ready = await ask('/ready');
      expect([ready.status, await ready.json()]).toMatchObject([200, { ready: true }]);
      const metrics = await ask('/metrics');
      expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
      const text = await metrics.text();
      expect(text).toContain(`target_info{service_name="${name}"} 1`);
      expect(text).toMatch(/^process_memory_usage(_bytes)? ?/m);
    });
  });

  it.each(['identityProvider', 'auditorIdentityProvider'] as const)(
    'the local %s answers that it lives and is ready',
    async (provider) => {
      for (const path of ['/health', '/ready']) {
        expect((await fetch(`${system().stack.urls[provider]}${path}`)).status).toBe(200);
      }
    },
  );
}

/** The structured lines of a process's log. */
async function logOf({ stack }: RunningSystem, name: string): Promise<LogLine[]> {
  const text = await readFile(join(stack.data, 'logs', `${name}.log`), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine);
}
