import type { LifecycleState } from '@talkoot/workflow-contracts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import { resume } from '../lifecycle/messages.ts';
import { pilotDecisions } from './pilot.decisions.ts';

type Pilot = Lifecycle<'pilot'>;

/** A pilot from its draft to its evaluation. Without permission nothing starts. */
export async function pilotLifecycle(state: LifecycleState) {
  const pilot = resume(pilotDecisions, state);
  await findSponsor(pilot);
  await seekPermission(pilot);
  await openFunds(pilot);
  await runRounds(pilot);
  await evaluate(pilot);
  return pilot.finish();
}

const findSponsor = (pilot: Pilot) => pilot.hold('sponsorship', 'permission-request');

const seekPermission = (pilot: Pilot) => pilot.hold('permission', 'appeal', 'appeal-decision');

/** Permission splits the money before anything can be spent. */
async function openFunds(pilot: Pilot): Promise<void> {
  const { limit, fiscalYear } = pilot.facts;
  if (!pilot.isIdleIn('permitted') || limit === undefined || fiscalYear === undefined) return;
  await pilot.effect('open the funds of the permitted limit', 'openFunds', pilot.about, limit, fiscalYear);
  pilot.advance('funds-opened', { phase: 'running', stage: 'rounds' });
}

const runRounds = (pilot: Pilot) => pilot.hold('rounds');

const evaluate = (pilot: Pilot) => pilot.hold('evaluation');
