import { startTestServers, type TestServer, type TestServers } from '@talkoot/local-stack/testing';
import type { Progress } from './report/progress.ts';
import type { Report } from './report/report.shape.ts';
import { startSide, type Side, type SideOptions } from './side/side.ts';

/** What a benchmark is given. Whatever it starts it leaves with `cleanUp`, which also runs when it is stopped. */
export interface BenchContext {
  readonly quick: boolean;
  readonly profile: string | undefined;
  /** How many, where somebody asked for a number of their own. */
  readonly ballots: number | undefined;
  readonly progress: Progress;
  readonly cleanUp: AsyncDisposableStack;
}

/** What a benchmark answers. */
export type Measured = Pick<Report, 'sizes' | 'figures'>;

export function serversFor(context: BenchContext, wanted: readonly TestServer[]): Promise<TestServers> {
  context.progress.stage(`starting ${wanted.join(' and ')}`);
  return kept(context, startTestServers(wanted));
}

export function sideFor(
  context: BenchContext,
  script: string,
  options: Omit<SideOptions, 'profile'> = {},
): Promise<Side> {
  return kept(context, startSide(script, { ...options, profile: context.profile }));
}

/** Stops it in the end, also when it is only just starting. */
function kept<T extends { stop(): Promise<void> }>(
  { cleanUp }: BenchContext,
  starting: Promise<T>,
): Promise<T> {
  cleanUp.defer(() => starting.then((started) => started.stop()).catch(() => undefined));
  return starting;
}
