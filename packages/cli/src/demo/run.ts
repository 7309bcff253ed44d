import { attachStack, runningStack, startStack } from '@talkoot/local-stack';
import type { StackHandle, StackOptions } from '@talkoot/local-stack';
import { workflowIdOf } from '@talkoot/workflow-contracts';
import { servicesFor } from './actor.ts';
import type { Actor } from './actor.ts';
import { officialsSignIn, registerIsImported, residentsSignIn } from './acts/arrival.act.ts';
import { projectsAreDelivered, teamsForm } from './acts/delivery.act.ts';
import {
  departmentReviews,
  ideasEnd,
  residentsComment,
  residentsEndorse,
  residentsPropose,
} from './acts/ideas.act.ts';
import { assessorSigns, effectsAreMeasured } from './acts/measurement.act.ts';
import { outcomeContractsAreSigned, outcomesAreDecided } from './acts/outcome.act.ts';
import { pilotIsEvaluated, sharesArePaid } from './acts/payout.act.ts';
import { pilotIsPermitted, roundOpens } from './acts/permission.act.ts';
import { votesAreRecounted } from './acts/recount.act.ts';
import { recordsAreKept } from './acts/record.act.ts';
import { trusteesMakeKeys } from './acts/trustees.act.ts';
import { residentsVote, residentsVoteOnBonus, residentsWeighCriteria } from './acts/poll.act.ts';
import { Chaos } from './chaos.ts';
import type { Plan } from './plan.ts';
import type { OfficialKey, Play, PlayedTrustee } from './play.ts';
import { runSteps } from './progress.ts';
import type { Step } from './progress.ts';
import { readResult } from './result.ts';
import type { Result } from './result.ts';

/** What differs from run to run: times, ids, links. */
export interface Run {
  readonly seconds: number;
  readonly steps: Readonly<Record<string, number>>;
  readonly kills: readonly string[];
  readonly links: readonly { id: string; url: string }[];
  readonly pilotId: string;
  readonly roundId: string;
}

export interface DemoOptions {
  readonly plan: Plan;
  readonly json: boolean;
  readonly chaosSeed?: number;
  readonly data?: string;
  readonly onProgress?: NonNullable<StackOptions['onProgress']>;
  /** The stack serves and the first act begins. */
  readonly onStarted?: () => void;
  readonly signal?: AbortSignal;
}

/** Plays a whole pilot against a running stack, or one that it starts and stops. */
export async function playDemo(
  options: DemoOptions,
): Promise<{ play: Play; result: Result; run: Run; stop: () => Promise<void> }> {
  const { stack, stop } = await joinStack(options);
  try {
    options.onStarted?.();
    const played = await Promise.race([playOn(stack, options), aborted(options.signal)]);
    return { ...played, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Rejects when the person who started the demo wants it to end. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(new DemoInterrupted());
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Ctrl-C while the demo ran. */
export class DemoInterrupted extends Error {
  override readonly name = 'DemoInterrupted';
  readonly code = 'demo-interrupted';

  constructor() {
    super('The demo was interrupted');
  }
}

async function joinStack(options: DemoOptions): Promise<{ stack: StackHandle; stop: () => Promise<void> }> {
  if (runningStack(options.data)) {
    return { stack: await attachStack(options.data), stop: () => Promise.resolve() };
  }
  const stack = await startStack({
    ...(options.data ? { data: options.data } : {}),
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  return { stack, stop: () => stack.stop() };
}

async function playOn(
  stack: StackHandle,
  options: DemoOptions,
): Promise<{ play: Play; result: Result; run: Run }> {
  const begun = performance.now();
  const { play, steps } = scriptOf(stack, options.plan);
  const chaos = options.chaosSeed === undefined ? null : new Chaos(stack, options.chaosSeed);
  const seconds = await runSteps(chaos?.during(steps) ?? steps, options);
  await chaos?.end();
  const result = await readResult(play);
  const run: Run = {
    seconds: Math.round((performance.now() - begun) / 100) / 10,
    steps: Object.fromEntries(seconds),
    kills: chaos?.kills ?? [],
    links: linksOf(play),
    pilotId: play.pilotId,
    roundId: play.roundId,
  };
  return { play, result, run };
}

/** The pilot as a story: one step after the other, each by those who may. */
export function scriptOf(stack: StackHandle, plan: Plan): { play: Play; steps: Step[] } {
  let officials = new Map<OfficialKey, Actor>();
  const residents: Actor[] = [];
  const trustees: PlayedTrustee[] = [];
  const play: Play = {
    plan,
    stack,
    visitor: servicesFor(stack.urls),
    official: (key) => officials.get(key)!,
    residents,
    trustees,
    projects: new Map(),
    polls: [],
    pilotId: '',
    roundId: '',
  };
  const steps: Step[] = [
    {
      title: 'Trustees make their keys',
      run: async () => void trustees.push(...trusteesMakeKeys(plan.charter.poll.trustees)),
    },
    {
      title: 'Officials sign in',
      run: async (report) => void (officials = await officialsSignIn(play, report)),
    },
    {
      title: 'The residents register is imported',
      run: () => registerIsImported(play, play.official('registrar')),
    },
    {
      title: 'Residents sign in',
      run: async (report) => void residents.push(...(await residentsSignIn(play, report))),
    },
    { title: 'The sponsor commits and the budget authority permits', run: () => pilotIsPermitted(play) },
    { title: 'A round opens', run: () => roundOpens(play) },
    { title: 'Residents propose', run: (report) => residentsPropose(play, report) },
    { title: 'Residents comment, a moderator moderates', run: () => residentsComment(play) },
    { title: 'Residents endorse', run: (report) => residentsEndorse(play, report) },
    { title: 'The phase of ideas ends', run: () => ideasEnd(play) },
    {
      title: 'The department reviews, the appeal body decides',
      run: (report) => departmentReviews(play, report),
    },
    { title: 'Residents vote, the round is allocated', run: (report) => residentsVote(play, report) },
    { title: 'Residents weigh the criteria', run: (report) => residentsWeighCriteria(play, report) },
    { title: 'Teams form and sign', run: (report) => teamsForm(play, report) },
    { title: 'Investors and the municipality sign', run: () => outcomeContractsAreSigned(play) },
    { title: 'Projects are delivered', run: (report) => projectsAreDelivered(play, report) },
    { title: 'Effects are measured', run: (report) => effectsAreMeasured(play, report) },
    { title: 'The assessor signs', run: (report) => assessorSigns(play, report) },
    { title: 'Residents vote on the bonus', run: (report) => residentsVoteOnBonus(play, report) },
    { title: 'Outcome contracts are decided', run: () => outcomesAreDecided(play) },
    { title: 'Everybody can recount the votes', run: (report) => votesAreRecounted(play, report) },
    { title: 'Three people approve, shares are paid', run: (report) => sharesArePaid(play, report) },
    { title: 'The pilot is evaluated', run: () => pilotIsEvaluated(play) },
    { title: 'Civil servants read their records, HR takes them over', run: () => recordsAreKept(play) },
  ];
  return { play, steps };
}

function linksOf(play: Play): { id: string; url: string }[] {
  const page = (id: string, workflowId: string) => ({
    id,
    url: `${play.stack.urls.temporalUi}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`,
  });
  return [
    page('pilot', workflowIdOf('pilot', play.pilotId)),
    page('round', workflowIdOf('round', play.roundId)),
    ...[...play.projects].map(([key, { projectId }]) => page(key, workflowIdOf('project', projectId))),
  ];
}
