import { eventOf } from '@talkoot/event-bus';
import { projectMilestoneAcceptedV1 } from '@talkoot/event-contracts';
import type { StepEffect } from '@talkoot/lifecycle-record';
import type { Command, CommandData, LifecycleState, RecordedStep } from '@talkoot/workflow-contracts';
import type { ClientSession } from 'mongoose';
import type { Parts } from '../parts.ts';
import { reasonOf } from '../pilot/pilot.steps.ts';
import { withSignature } from '../staffing/agreement.ts';
import { withStaff } from '../staffing/assignment.ts';
import type { NewStaff } from '../staffing/assignment.ts';
import { sideOf } from './project.ts';
import type { Agreement, Reopened } from './project.ts';

type StepParts = Pick<Parts, 'stores' | 'outbox'>;
interface Applied {
  readonly parts: StepParts;
  readonly session: ClientSession;
  readonly state: LifecycleState;
  readonly step: RecordedStep;
  readonly command: Command;
}
type Data<N extends keyof CommandData['project']> = CommandData['project'][N];

/** What the steps of a project change in its public record. */
export const projectSteps =
  (parts: StepParts): StepEffect =>
  async (step, state, session) => {
    const { projects } = parts.stores;
    if (step.phase !== step.from) {
      const entered = { phase: step.phase, at: step.at };
      await projects.change(session, state.id, { $set: { phase: step.phase }, $push: { phases: entered } });
    }
    const reason = reasonOf(step.command?.data);
    if (reason) await projects.addReason(session, state.id, step.name, reason, step.at);
    if (step.name === 'champion-succeeded') await succeed(parts, session, state.id);
    const { command } = step;
    if (!command) return;
    await effects[command.name as keyof CommandData['project']]?.({ parts, session, state, step, command });
  };

const effects: Partial<Record<keyof CommandData['project'], (applied: Applied) => Promise<void>>> = {
  merge: async ({ parts: { stores }, session, state, command }) => {
    const { into } = command.data as Data<'merge'>;
    const merged = await stores.projects.change(session, state.id, { $set: { mergedInto: into } });
    const other = await stores.projects.byId(into, session);
    const newcomers = [merged!.champion, ...merged!.coChampions].filter((id) => id !== other.champion);
    await stores.projects.change(session, into, {
      $addToSet: { coChampions: { $each: newcomers } },
      // A champion shares in one pot only.
      $pull: { invited: { $in: newcomers }, volunteers: { personId: { $in: newcomers } } },
    });
  },
  admit: async ({ parts: { stores }, session, state, command }) => {
    const { cost } = command.data as Data<'admit'>;
    await stores.projects.change(session, state.id, { $set: { reviewedCost: cost } });
  },
  assign: async ({ parts: { stores }, session, state, step, command }) => {
    const assigned = await stores.prepared.take<NewStaff>(session, command.decisionId);
    const before = await stores.projects.byId(state.id, session);
    const staff = withStaff(before, assigned, { by: command.actor.id, at: step.at });
    await stores.projects.change(session, state.id, { $set: { staff } });
  },
  'propose-agreement': async ({ parts: { stores }, session, state, command }) => {
    const agreement = await stores.prepared.take<Agreement>(session, command.decisionId);
    await stores.projects.change(session, state.id, { $set: { agreement } });
  },
  'sign-agreement': async ({ parts: { stores }, session, state, command }) => {
    const { agreement } = await stores.projects.byId(state.id, session);
    if (!agreement) throw new Error(`${state.id} has no agreement to sign`);
    const signed = withSignature(agreement, command.actor.id);
    await stores.projects.change(session, state.id, { $set: { agreement: signed } });
  },
  'accept-milestone': async ({ parts: { stores, outbox }, session, state, step, command }) => {
    const { milestoneId } = command.data as Data<'accept-milestone'>;
    const key = `milestones.${milestoneId}`;
    await stores.projects.change(session, state.id, { $addToSet: { [key]: command.actor.as } as never });
    if (step.data['accepted'] !== true) return;
    const about = { aggregateId: state.id, municipalityId: state.municipalityId, occurredAt: step.at };
    const event = eventOf({ event: projectMilestoneAcceptedV1, ...about, data: { milestoneId } });
    await outbox.appendEvents(session, [event]);
  },
  'sign-assessment': async ({ parts: { stores }, session, state, command }) => {
    const { assessmentId } = command.data as Data<'sign-assessment'>;
    const { reopened } = await stores.projects.byId(state.id, session);
    await stores.assessments.sign(session, assessmentId, reopened?.assessmentId ?? null);
    const settled = { assessmentId, reopened: null, signing: {} };
    await stores.projects.change(session, state.id, { $set: settled });
    await pointsAsSigned(stores, session, state, assessmentId);
  },
  object: async ({ parts: { stores }, session, command }) => {
    await stores.assessments.makeObjection(session, (command.data as Data<'object'>).objectionId);
  },
  'decide-appeal': async ({ parts: { stores }, session, state, step, command }) => {
    const { upheld, reason } = command.data as Data<'decide-appeal'>;
    if (step.from === 'assessment') {
      await stores.assessments.decideObjections(session, state.id, upheld);
      if (upheld) await reopen(stores, session, state.id, { upheld: 'objection', decision: reason });
    }
    if (step.from === 'bonus-vote' && upheld)
      await reopen(stores, session, state.id, { upheld: 'appeal', decision: reason });
  },
};

/** A signature may be taken in after its hold ran out: points that were proposed since are none, what was signed stands. */
async function pointsAsSigned(
  { assessments, measurements }: StepParts['stores'],
  session: ClientSession,
  { id, municipalityId }: LifecycleState,
  assessmentId: string,
): Promise<void> {
  const { pointed } = await assessments.get(municipalityId, assessmentId, session);
  const signed = new Map(pointed.map(({ sideEffectId, ...stated }) => [sideEffectId, stated]));
  for (const { _id, points } of await measurements.pointedSideEffects(id, session)) {
    const stated = signed.get(_id) ?? UNPOINTED;
    if (stated.points !== points) await measurements.changeSideEffect(session, _id, stated);
  }
}
const UNPOINTED = { points: null, pointsReason: null, pointsBy: null };

/** The assessment is made again. After an objection none is in force meanwhile; after the vote the one that was voted on is. */
async function reopen(
  stores: StepParts['stores'],
  session: ClientSession,
  projectId: string,
  because: Pick<Reopened, 'upheld' | 'decision'>,
): Promise<void> {
  const { municipalityId, assessmentId } = await stores.projects.byId(projectId, session);
  if (!assessmentId) throw new Error(`${projectId} has no assessment to make again`);
  const { sha256, number, at } = await stores.assessments.get(municipalityId, assessmentId, session);
  const reopened = { assessmentId, sha256, number, ...because, signedAt: at };
  const withdrawn = because.upheld === 'objection' ? { assessmentId: null } : {};
  await stores.projects.change(session, projectId, { $set: { reopened, signing: {}, ...withdrawn } });
}

/** The champion fell silent: the successor named in the pledge takes over, in one pot only. */
async function succeed({ stores }: StepParts, session: ClientSession, projectId: string): Promise<void> {
  const project = await stores.projects.byId(projectId, session);
  const champion = project.content.pledge.successor;
  // Assigned as a civil servant while the champion was silent: nobody works on both sides.
  if (!champion || sideOf(project, champion) === 'civil-servants') return;
  await stores.projects.change(session, projectId, {
    $set: { champion },
    $pull: { coChampions: champion, invited: champion, volunteers: { personId: champion } },
  });
}
