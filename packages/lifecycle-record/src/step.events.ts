import { eventOf } from '@talkoot/event-bus';
import type { NewEvent } from '@talkoot/event-bus';
import { lifecycleEvents } from '@talkoot/event-contracts';
import type { LifecycleState, RecordedStep, Wait, WaitEffect } from '@talkoot/workflow-contracts';

/** The events that tell others of a recorded step: one for the phase it entered or the wait it touched, else one for the step. */
export function eventsOf(state: LifecycleState, step: RecordedStep): NewEvent[] {
  const about = { aggregateId: state.id, municipalityId: state.municipalityId, occurredAt: step.at };
  const kinds = lifecycleEvents[state.kind];
  if (step.phase !== step.from) {
    return [eventOf({ event: kinds.phaseEntered, ...about, data: phaseData(state, step) })];
  }
  const wait = state.wait;
  if (wait && step.waitEffect) return [waitEvent(kinds, about, wait, step, step.waitEffect)];
  const data = { step: step.name, phase: step.phase, actorRole: step.command?.actor.as ?? null };
  return [eventOf({ event: kinds.stepRecorded, ...about, data })];
}

type About = Pick<NewEvent, 'aggregateId' | 'municipalityId' | 'occurredAt'>;
type LifecycleEvents = (typeof lifecycleEvents)[keyof typeof lifecycleEvents];

function phaseData(state: LifecycleState, step: RecordedStep) {
  const open = state.wait?.outcome === null ? state.wait : null;
  const reasonCode = step.data['reasonCode'];
  return {
    phase: step.phase,
    from: step.from === 'new' ? null : step.from,
    step: step.name,
    awaiting: open?.awaiting ?? null,
    dueAt: open?.due ?? null,
    pilotId: state.pilotId,
    ...(state.roundId ? { roundId: state.roundId } : {}),
    ...(state.projectId ? { projectId: state.projectId } : {}),
    ...(typeof reasonCode === 'string' ? { reasonCode } : {}),
  };
}

function waitEvent(
  kinds: LifecycleEvents,
  about: About,
  wait: Wait,
  step: RecordedStep,
  effect: WaitEffect,
): NewEvent {
  const base = { wait: wait.name, awaiting: wait.awaiting, dueAt: wait.due };
  if (effect === 'reminded') return eventOf({ event: kinds.reminderSent, ...about, data: base });
  if (effect === 'overdue' || effect === 'escalated') {
    const escalatedTo = wait.escalations[wait.escalated - 1]?.to ?? null;
    return eventOf({ event: kinds.waitOverdue, ...about, data: { ...base, escalatedTo } });
  }
  const reason = step.data['reason'] as { id: string; sha256: string };
  return eventOf({
    event: kinds.waitChanged,
    ...about,
    data: {
      wait: wait.name,
      change: effect,
      dueAt: effect === 'suspended' ? null : wait.due,
      reasonId: reason.id,
      reasonSha256: reason.sha256,
    },
  });
}
