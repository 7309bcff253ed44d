import type { StepEffect } from '@talkoot/lifecycle-record';
import type { Stores } from '../stores.ts';

/** A round's phase, as its lifecycle records it. */
export const roundSteps =
  ({ rounds }: Stores): StepEffect =>
  async (step, state, session) => {
    if (step.phase !== step.from) await rounds.change(session, state.id, { phase: step.phase });
  };
