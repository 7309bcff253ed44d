import type { Money, TextRef } from '@talkoot/api-contracts';
import type { StepEffect } from '@talkoot/lifecycle-record';
import { initialState } from '@talkoot/workflow-contracts';
import type { Command, CommandData, LifecycleState, RecordedStep } from '@talkoot/workflow-contracts';
import type { ClientSession } from 'mongoose';
import type { Parts } from '../parts.ts';
import type { Grant } from './permission.ts';

type Data<N extends keyof CommandData['pilot']> = CommandData['pilot'][N];

interface Applied {
  readonly parts: StepParts;
  readonly session: ClientSession;
  readonly state: LifecycleState;
  readonly step: RecordedStep;
  readonly command: Command;
}
type StepParts = Pick<Parts, 'stores' | 'record'>;

/** What the steps of a pilot change in the record of pilots and rounds. */
export const pilotSteps =
  (parts: StepParts): StepEffect =>
  async (step, state, session) => {
    const { command } = step;
    const text = reasonOf(command?.data);
    const reason = text && { step: step.name, text };
    const begun = step.phase === 'evaluating' && step.from !== step.phase ? { evaluatingSince: step.at } : {};
    await parts.stores.pilots.change(session, state.id, { phase: step.phase, ...begun }, reason);
    if (!command) return;
    await effects[command.name as keyof CommandData['pilot']]?.({ parts, session, state, step, command });
  };

const effects: Partial<Record<keyof CommandData['pilot'], (applied: Applied) => Promise<void>>> = {
  permit: async ({ parts: { stores }, session, state, step, command }) => {
    const { limit, expiresAt, fiscalYear, charterSha256 } = command.data as Data<'permit'>;
    const kept = await stores.prepared.take<{ grant: Grant; cap: Money | null }>(session, command.decisionId);
    const permission = { ...kept, limit, expiresAt, fiscalYear, charterSha256, at: step.at };
    await stores.pilots.change(session, state.id, { permission });
  },
  'open-round': async ({ parts: { stores, record }, session, state, command }) => {
    const { roundId } = command.data as Data<'open-round'>;
    const { municipalityId, id: pilotId } = state;
    await stores.rounds.change(session, roundId, { phase: 'ideas' });
    const round = initialState('round', { id: roundId, municipalityId, pilotId, roundId });
    await record.start(session, 'round', round);
  },
  'propose-amendment': async ({ parts: { stores }, session, command }) => {
    const { amendmentId } = command.data as Data<'propose-amendment'>;
    await stores.pilots.settleAmendment(session, amendmentId, 'proposed');
  },
  'countersign-amendment': async ({ parts: { stores }, session, state, command }) => {
    const { amendmentId } = command.data as Data<'countersign-amendment'>;
    const amendment = await stores.pilots.settleAmendment(session, amendmentId, 'in-force');
    if (!amendment) throw new Error(`There is no amendment ${amendmentId}`);
    const { charter, charterSha256 } = amendment;
    await stores.pilots.change(session, state.id, { charter, charterSha256 });
  },
  conclude: async ({ parts: { stores }, session, state, command }) => {
    const { report } = command.data as Data<'conclude'>;
    await stores.pilots.change(session, state.id, { report });
  },
};

/** The published reason of a decision, where it gives one. */
export function reasonOf(data: unknown): TextRef | null {
  return (data as { reason?: TextRef } | null | undefined)?.reason ?? null;
}
