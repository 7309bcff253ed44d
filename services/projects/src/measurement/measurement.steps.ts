import type { StepEffect } from '@talkoot/lifecycle-record';
import type { Stores } from '../stores.ts';

/** A measurement's phase, as its lifecycle records it. */
export const measurementSteps =
  ({ measurements }: Stores): StepEffect =>
  async (step, state, session) => {
    if (step.phase !== step.from) await measurements.enterPhase(session, state.id, step.phase);
    const { command } = step;
    if (command?.name === 'close-measurement')
      await measurements.closedBy(session, state.id, command.actor.id);
  };
