import type { Command } from 'commander';
import { deploymentOf } from './operation/deployment.ts';

interface Options {
  readonly fromOutboxes?: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

const LONGEST_REBUILD_MS = 30 * 60_000;

/** `talkoot timeline`: the public timelines, which are built from the events of all services. */
export function registerTimeline(program: Command): void {
  program
    .command('timeline')
    .description('The public timelines of a deployment')
    .command('rebuild')
    .description('Build the timelines anew from the events')
    .option('--from-outboxes', 'first publish every event again, where Kafka may no longer have them all')
    .option('--data <dir>', 'the local stack in this directory, whatever variables say')
    .option('--json', 'print {"entries","republished"} as JSON')
    .action(rebuild);
}

async function rebuild({ fromOutboxes = false, data, json = false }: Options): Promise<void> {
  const { createClient } = await import('@talkoot/api-contracts');
  const { projectsApi } = await import('@talkoot/api-contracts/projects');
  const { createServiceToken } = await import('@talkoot/http-service');
  const at = await deploymentOf(['PROJECTS_URL', 'SERVICE_KEY_FILE'], data);
  const token = createServiceToken({ keyFile: at.SERVICE_KEY_FILE, name: 'cli', audience: 'projects' });
  const projects = createClient(projectsApi, {
    baseUrl: at.PROJECTS_URL,
    token,
    deadlineMs: LONGEST_REBUILD_MS,
  });
  const republished = fromOutboxes ? await republish(data) : 0;
  const { entries } = await projects.rebuildTimeline({});
  const text = `${entries} entries were built from the outbox of projects. Those of other services follow as they are read.`;
  process.stdout.write(`${json ? JSON.stringify({ entries, republished }, null, 2) : text}\n`);
}

/** The other services' events come to the timelines over Kafka only. */
async function republish(data: string | undefined): Promise<number> {
  const { republishEvents } = await import('@talkoot/event-bus');
  const { withDatabases } = await import('./operation/databases.ts');
  return withDatabases(data, ['identity', 'ballots', 'payments'], async (databases) => {
    let events = 0;
    for (const [, connection] of databases) events += await republishEvents(connection);
    return events;
  });
}
