import type { LifecycleState, RecordedStep } from '@talkoot/workflow-contracts';
import { terminalPhases } from '@talkoot/workflow-contracts';
import type { LifecycleKind } from '@talkoot/workflow-contracts';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';

interface LifecycleDocument {
  _id: string;
  kind: LifecycleKind;
  lifecycleId: string;
  municipalityId: string;
  phase: string;
  terminal: boolean;
  step: number;
  state: LifecycleState;
}

interface StepDocument {
  _id: string;
  kind: LifecycleKind;
  lifecycleId: string;
  municipalityId: string;
  number: number;
  name: string;
  cause: RecordedStep['cause'];
  from: string;
  phase: string;
  actedAs: string | null;
  data: Record<string, unknown>;
  awaiting: string | null;
  dueAt: string | null;
  at: string;
}

interface DecisionDocument {
  _id: string;
  bodyHash: string;
  kind: LifecycleKind;
  lifecycleId: string;
  municipalityId: string;
  name: string;
  actorId: string;
  actedAs: string;
  answer: DecisionAnswerDocument;
  at: string;
}

interface DecisionAnswerDocument {
  lifecycleId: string;
  phase: string;
  step: number;
  awaiting: string | null;
  dueAt: string | null;
}

const options = { versionKey: false, minimize: false } as const;
const anything = { type: Schema.Types.Mixed, required: true };

const lifecycleSchema = new Schema<LifecycleDocument>(
  {
    _id: String,
    kind: String,
    lifecycleId: String,
    municipalityId: String,
    phase: String,
    terminal: Boolean,
    step: Number,
    state: anything,
  },
  options,
).index({ terminal: 1, _id: 1 });

const stepSchema = new Schema<StepDocument>(
  {
    _id: String,
    kind: String,
    lifecycleId: String,
    municipalityId: String,
    number: Number,
    name: String,
    cause: String,
    from: String,
    phase: String,
    actedAs: String,
    data: anything,
    awaiting: String,
    dueAt: String,
    at: String,
  },
  options,
).index({ kind: 1, lifecycleId: 1, number: 1 }, { unique: true });

const decisionSchema = new Schema<DecisionDocument>(
  {
    _id: String,
    bodyHash: String,
    kind: String,
    lifecycleId: String,
    municipalityId: String,
    name: String,
    actorId: String,
    actedAs: String,
    answer: anything,
    at: String,
  },
  options,
);

const keyOf = (kind: LifecycleKind, lifecycleId: string) => `${kind}/${lifecycleId}`;
const isTerminal = (state: LifecycleState) =>
  (terminalPhases[state.kind] as readonly string[]).includes(state.phase);

/** Collections `lifecycles`, `lifecyclesteps` and `decisions` of an owning service. */
export function lifecycleStore(connection: Connection) {
  const Lifecycles = connection.model('Lifecycle', lifecycleSchema, 'lifecycles');
  const Steps = connection.model('LifecycleStep', stepSchema, 'lifecyclesteps');
  const Decisions = connection.model('Decision', decisionSchema, 'decisions');

  return {
    /** Inserts a new lifecycle; a second one under the same id fails with a duplicate key. */
    async insert(session: ClientSession, state: LifecycleState): Promise<void> {
      const document = {
        _id: keyOf(state.kind, state.id),
        kind: state.kind,
        lifecycleId: state.id,
        municipalityId: state.municipalityId,
        phase: state.phase,
        terminal: false,
        step: state.step,
        state,
      };
      await Lifecycles.create([document], { session });
    },

    async find(kind: LifecycleKind, lifecycleId: string, session?: ClientSession) {
      return Lifecycles.findById(keyOf(kind, lifecycleId))
        .session(session ?? null)
        .lean();
    },

    /** Moves the snapshot from the step before to this one; false when it is not the next. */
    async advance(session: ClientSession, state: LifecycleState, step: RecordedStep): Promise<boolean> {
      const moved = await Lifecycles.updateOne(
        { _id: keyOf(state.kind, state.id), step: step.number - 1 },
        { $set: { phase: state.phase, terminal: isTerminal(state), step: step.number, state } },
        { session },
      );
      return moved.matchedCount === 1;
    },

    async insertStep(session: ClientSession, state: LifecycleState, step: RecordedStep): Promise<void> {
      const document = {
        _id: `${keyOf(state.kind, state.id)}/${step.number}`,
        kind: state.kind,
        lifecycleId: state.id,
        municipalityId: state.municipalityId,
        number: step.number,
        name: step.name,
        cause: step.cause,
        from: step.from,
        phase: step.phase,
        actedAs: step.command?.actor.as ?? null,
        data: { ...step.data },
        awaiting: state.wait?.awaiting ?? null,
        dueAt: state.wait?.due ?? null,
        at: step.at,
      };
      await Steps.create([document], { session });
    },

    /** The decision record answers replays for ever; the first record of an id stands. */
    async insertDecision(session: ClientSession, state: LifecycleState, step: RecordedStep): Promise<void> {
      const command = step.command;
      if (!command) return;
      const record = {
        bodyHash: command.bodyHash,
        kind: state.kind,
        lifecycleId: state.id,
        municipalityId: state.municipalityId,
        name: command.name,
        actorId: command.actor.id,
        actedAs: command.actor.as,
        answer: answerOf(state, step.number),
        at: step.at,
      };
      await Decisions.updateOne(
        { _id: command.decisionId },
        { $setOnInsert: record },
        { session, upsert: true },
      );
    },

    async findDecision(decisionId: string) {
      return Decisions.findById(decisionId).lean();
    },

    /** Whether exactly this step is on record under its number, rather than that of another run. */
    async isStep(session: ClientSession, state: LifecycleState, { number, name, at }: RecordedStep) {
      const known = await Steps.findById(`${keyOf(state.kind, state.id)}/${number}`)
        .session(session)
        .lean();
      return known?.name === name && known.at === at;
    },

    /** Open lifecycles after the cursor, by kind and id. */
    async listOpen(
      after: string | undefined,
      limit: number,
      only: { kind: string | undefined; overdue: boolean },
    ) {
      const filter = {
        terminal: false,
        ...(only.kind ? { kind: only.kind as LifecycleKind } : {}),
        ...(only.overdue ? { 'state.wait.overdue': true } : {}),
        ...(after ? { _id: { $gt: after } } : {}),
      };
      return Lifecycles.find(filter, { state: 1, municipalityId: 1 }).sort({ _id: 1 }).limit(limit).lean();
    },

    /** Steps of one lifecycle in order, for the public record. */
    async listSteps(kind: LifecycleKind, lifecycleId: string, after: number, limit: number) {
      return Steps.find({ kind, lifecycleId, number: { $gt: after } })
        .sort({ number: 1 })
        .limit(limit)
        .lean();
    },
  };
}
export type LifecycleStore = ReturnType<typeof lifecycleStore>;

/** What a decision answers: where the lifecycle stands after it. */
export function answerOf(state: LifecycleState, step: number): DecisionAnswerDocument {
  const open = state.wait?.outcome === null ? state.wait : null;
  return {
    lifecycleId: state.id,
    phase: state.phase,
    step,
    awaiting: open?.awaiting ?? null,
    dueAt: open?.due ?? null,
  };
}
