import { z } from 'zod';
import { pageOf, PageQueryShape, route } from './api.ts';
import { IdShape, InstantShape, Sha256Shape } from './shapes.ts';

/** A lifecycle's state as workflow-contracts types it; the services store it whole and only read what they name. */
export const LifecycleStateShape = z
  .object({
    schema: z.literal(1),
    kind: z.string(),
    id: IdShape,
    municipalityId: IdShape,
    pilotId: IdShape,
    roundId: IdShape.nullable(),
    projectId: IdShape.nullable(),
    phase: z.string(),
    stage: z.string().nullable(),
    wait: z.record(z.string(), z.unknown()).nullable(),
    sideStage: z.string().nullable(),
    side: z.record(z.string(), z.unknown()).nullable(),
    step: z.int().min(0),
    seenFacts: z.array(z.string()),
    facts: z.record(z.string(), z.unknown()),
  })
  .loose()
  .meta({ id: 'LifecycleState' });

export const RecordedStepShape = z
  .object({
    number: z.int().min(1),
    name: z.string(),
    cause: z.enum(['decision', 'fact', 'deadline', 'phase']),
    from: z.string(),
    phase: z.string(),
    command: z
      .object({
        decisionId: Sha256Shape,
        bodyHash: Sha256Shape,
        name: z.string(),
        actor: z.object({ id: z.string(), as: z.string() }),
        data: z.record(z.string(), z.unknown()),
      })
      .nullable(),
    waitEffect: z
      .enum(['reminded', 'overdue', 'escalated', 'extended', 'suspended', 'resumed', 'rectified'])
      .nullable(),
    data: z.record(z.string(), z.unknown()),
    at: InstantShape,
  })
  .meta({ id: 'RecordedStep' });

const LifecycleParams = z.object({ kind: z.string(), lifecycleId: IdShape });

/** Answer of a decision: every `move` route answers this. */
export const DecisionAnswerShape = z
  .object({
    lifecycleId: IdShape,
    phase: z.string(),
    step: z.int(),
    awaiting: z.string().nullable(),
    dueAt: InstantShape.nullable(),
  })
  .meta({ id: 'DecisionAnswer' });

/** Where a lifecycle stands, for everybody. */
export const LifecycleViewShape = z
  .object({
    kind: z.string(),
    id: IdShape,
    phase: z.string(),
    awaiting: z.string().nullable(),
    wait: z.string().nullable(),
    since: InstantShape.nullable(),
    dueAt: InstantShape.nullable(),
    overdue: z.boolean(),
    suspended: z.boolean(),
    step: z.int(),
  })
  .meta({ id: 'LifecycleView' });
export type LifecycleView = z.infer<typeof LifecycleViewShape>;

const worker = { services: ['worker', 'cli'] } as const;

/** Internal routes of a service that owns lifecycles: the worker records steps, the CLI rebuilds. */
export const lifecycleRoutes = {
  recordStep: route('POST /internal/v1/lifecycles/{kind}/{lifecycleId}/steps', {
    kind: 'plain',
    summary: 'Record one step of a lifecycle; unique on its number, so repeating it changes nothing',
    access: worker,
    params: LifecycleParams,
    body: z.object({ step: RecordedStepShape, state: LifecycleStateShape }),
    bodyLimit: 1024 * 1024,
    answer: z.object({ recorded: z.boolean() }),
    problems: ['step-out-of-order', 'step-of-another-run'],
  }),
  getLifecycle: route('GET /internal/v1/lifecycles/{kind}/{lifecycleId}', {
    summary: 'The latest recorded state, from which a workflow is rebuilt',
    access: worker,
    params: LifecycleParams,
    answer: z.object({ state: LifecycleStateShape, terminal: z.boolean() }),
  }),
  redispatchFacts: route('POST /internal/v1/lifecycles/{kind}/{lifecycleId}/facts', {
    kind: 'plain',
    summary: 'Send again every fact that this service told the lifecycle, for an engine that lost it',
    access: { services: ['cli'] },
    params: LifecycleParams,
    answer: z.object({ facts: z.int().min(0) }),
  }),
  listLifecycles: route('GET /internal/v1/lifecycles', {
    summary: 'Lifecycles that have not ended, by kind and id',
    access: worker,
    query: PageQueryShape.extend({
      kind: z.string().optional(),
      overdue: z.enum(['true', 'false']).optional(),
    }),
    answer: pageOf(z.object({ ...LifecycleViewShape.shape, municipalityId: IdShape })),
  }),
};
export const lifecycleProblems = {
  'step-out-of-order': {
    status: 409,
    title: 'An earlier step of this lifecycle is not recorded yet',
  },
  'step-of-another-run': {
    status: 409,
    title: 'Another run of this lifecycle recorded a different step under this number',
  },
  'not-awaited': { status: 409, title: 'Nobody is waiting for this decision now' },
  'same-person-twice': { status: 409, title: 'A second person has to do this' },
  'already-decided': { status: 409, title: 'This was decided already' },
  'not-on-team': { status: 403, title: 'Only members of the team may do this' },
  'hash-mismatch': { status: 409, title: 'The hash differs from what is to be approved' },
  'too-many-members': { status: 422, title: 'The team is too large' },
  'unknown-milestone': { status: 404, title: 'The agreement has no such milestone' },
  'appeal-used': { status: 409, title: 'The one appeal was used already' },
  'no-change-requested': { status: 409, title: 'Nobody has asked for what is to be confirmed' },
  'invalid-change': { status: 422, title: 'The wait cannot be changed like this' },
  suspended: { status: 409, title: 'The wait is suspended' },
} as const;
