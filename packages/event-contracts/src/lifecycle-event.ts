import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { code, instant, opaqueId, sha256 } from './field.ts';

/** The six lifecycles; each has a workflow. */
export type LifecycleAggregate = 'pilot' | 'round' | 'project' | 'measurement' | 'poll' | 'batch';

/** A lifecycle moved to another phase. */
export const phaseEnteredV1 = (aggregate: LifecycleAggregate) =>
  defineEvent({
    aggregate,
    name: 'phase-entered',
    version: 1,
    description: `The ${aggregate} entered a phase. The first one comes from no phase.`,
    data: z.object({
      phase: code,
      from: code.nullable(),
      step: code,
      awaiting: code.nullable(),
      dueAt: instant.nullable(),
      reasonCode: code.optional(),
      pilotId: opaqueId.optional(),
      roundId: opaqueId.optional(),
      projectId: opaqueId.optional(),
    }),
    example: {
      phase: 'review',
      from: 'ideas',
      step: 'endReached',
      awaiting: 'department-manager',
      dueAt: '2027-04-01T20:59:59.000Z',
    },
  });

/** A step of a lifecycle was recorded. */
export const stepRecordedV1 = (aggregate: LifecycleAggregate) =>
  defineEvent({
    aggregate,
    name: 'step-recorded',
    version: 1,
    description: `A step of the ${aggregate} was recorded. The role is null when no person acted.`,
    data: z.object({
      step: code,
      phase: code,
      actorRole: code.nullable(),
      refs: z.record(code, opaqueId).optional(),
    }),
    example: {
      step: 'answer',
      phase: 'review',
      actorRole: 'department-manager',
      refs: { answerId: 'answer-1' },
    },
  });

/** Somebody who is awaited was reminded. */
export const reminderSentV1 = (aggregate: LifecycleAggregate) =>
  defineEvent({
    aggregate,
    name: 'reminder-sent',
    version: 1,
    description: `Whoever the ${aggregate} waits for was reminded.`,
    data: z.object({ wait: code, awaiting: code, dueAt: instant }),
    example: { wait: 'answer', awaiting: 'department-manager', dueAt: '2027-04-01T20:59:59.000Z' },
  });

/** A deadline passed without the awaited act. */
export const waitOverdueV1 = (aggregate: LifecycleAggregate) =>
  defineEvent({
    aggregate,
    name: 'wait-overdue',
    version: 1,
    description: `A deadline of the ${aggregate} passed; the next one up was told, if there is one.`,
    data: z.object({ wait: code, awaiting: code, dueAt: instant, escalatedTo: code.nullable() }),
    example: {
      wait: 'answer',
      awaiting: 'department-manager',
      dueAt: '2027-04-01T20:59:59.000Z',
      escalatedTo: 'sponsor',
    },
  });

/** Two authorised people changed a wait, with a public reason. */
export const waitChangedV1 = (aggregate: LifecycleAggregate) =>
  defineEvent({
    aggregate,
    name: 'wait-changed',
    version: 1,
    description: `Two authorised people changed a wait of the ${aggregate}. The reason is public, stored by its id.`,
    data: z.object({
      wait: code,
      change: z.enum(['extended', 'suspended', 'resumed', 'rectified']),
      dueAt: instant.nullable(),
      reasonId: opaqueId,
      reasonSha256: sha256,
    }),
    example: {
      wait: 'answer',
      change: 'extended',
      dueAt: '2027-05-01T20:59:59.000Z',
      reasonId: 'reason-1',
      reasonSha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    },
  });
