import { join } from 'node:path';
import { cacheDirectory } from '../provision/cache.ts';
import { repository } from '../stack/data-directory.ts';
import { inherited, type ProcessPlan } from '../supervisor/process-plan.ts';

export interface NodeSettings {
  readonly name: string;
  /** Folder of its workspace in the repository. */
  readonly folder: string;
  /** Main file within the workspace. */
  readonly entry: string;
  /** Module that must run before anything else is loaded. */
  readonly preload?: string;
  readonly port: number;
  readonly needs: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** A process of ours, run by the Node that runs the stack. It answers GET /ready with 200 when it serves. */
export function nodePlan({
  name,
  folder,
  entry,
  preload,
  port,
  needs,
  environment,
}: NodeSettings): ProcessPlan {
  return {
    name,
    command: process.execPath,
    args: [...(preload ? ['--import', preload] : []), entry],
    // The preload is looked up from here, as a workspace's own dependency.
    directory: join(repository, folder),
    environment: { ...inherited(), NODE_COMPILE_CACHE: join(cacheDirectory(), 'node'), ...environment },
    ports: [port],
    needs,
    probe: () => isReady(port),
    readyWithin: 60_000,
    stopWithin: 15_000,
  };
}

async function isReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/ready`, { signal: AbortSignal.timeout(2_000) });
  await answer.body?.cancel();
  return answer.ok;
}
