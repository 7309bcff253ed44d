import type { ProcessName } from '@talkoot/local-stack';
import { expect, it, vi } from 'vitest';
import { owners } from '../databases.ts';
import type { Owner } from '../databases.ts';
import type { RunningSystem } from '../running-system.ts';

type Asked = Owner | 'worker';

/** Who talks to which server, the name under which they say so, and what `/ready` answers while it is away. */
const needs: readonly (readonly [
  server: ProcessName,
  check: string,
  whileAway: number,
  by: readonly Asked[],
])[] = [
  ['mongod', 'mongodb', 503, owners],
  // The outbox keeps events until Kafka is back: requests go on.
  ['kafka', 'kafka', 200, ['ballots', 'projects', 'payments']],
  ['temporal', 'temporal', 503, ['worker']],
];
const patience = { timeout: 60_000, interval: 250 };

interface Ready {
  readonly status: number;
  readonly checks: Readonly<Record<string, string>>;
}

export function readinessRules(system: () => RunningSystem): void {
  const ask = async (name: Asked): Promise<Ready> => {
    const response = await fetch(`${system().stack.urls[name]}/ready`);
    return { status: response.status, checks: ((await response.json()) as Ready).checks };
  };

  // Stopped, not killed: it stays away for as long as the test wants, and answers nobody meanwhile.
  it.each(needs)(
    'tells while %s does not answer, and when it is back',
    async (server, check, whileAway, names) => {
      const pid = system().stack.pid(server)!;
      for (const name of names)
        expect(await ask(name)).toMatchObject({ status: 200, checks: { [check]: 'ok' } });
      process.kill(pid, 'SIGSTOP');
      try {
        for (const name of names) {
          await vi.waitFor(async () => {
            const { status, checks } = await ask(name);
            expect([status, checks[check]]).toEqual([whileAway, expect.stringMatching(/failed|timed out/)]);
          }, patience);
          expect((await fetch(`${system().stack.urls[name]}/health`)).status).toBe(200);
        }
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      for (const name of names) {
        const back = { status: 200, checks: { [check]: 'ok' } };
        await vi.waitFor(async () => expect(await ask(name)).toMatchObject(back), patience);
      }
    },
  );
}
