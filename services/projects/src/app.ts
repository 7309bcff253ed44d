import { projectsApi } from '@talkoot/api-contracts/projects';
import type { Outbox } from '@talkoot/event-bus';
import { createService } from '@talkoot/http-service';
import type { Auth, Handlers, Logger, Readiness } from '@talkoot/http-service';
import { createLifecycleRecord } from '@talkoot/lifecycle-record';
import type { LifecycleRecord } from '@talkoot/lifecycle-record';
import type { Client } from '@temporalio/client';
import type { Express } from 'express';
import type { Connection } from 'mongoose';
import { assessmentInternalHandlers } from './assessment/assessment.internal.ts';
import { assessmentHandlers } from './assessment/assessment.routes.ts';
import type { Drafting } from './assessment/drafting.ts';
import { deliveryHandlers } from './delivery/delivery.routes.ts';
import { discussionHandlers } from './discussion/comment.routes.ts';
import { endorsementHandlers } from './endorsement/endorsement.routes.ts';
import { measurementInternalHandlers } from './measurement/measurement.internal.ts';
import { measurementHandlers } from './measurement/measurement.routes.ts';
import { measurementSteps } from './measurement/measurement.steps.ts';
import type { Neighbours, Parts } from './parts.ts';
import { pilotInternalHandlers } from './pilot/pilot.internal.ts';
import { pilotHandlers } from './pilot/pilot.routes.ts';
import { pilotSteps } from './pilot/pilot.steps.ts';
import { eligibilityFrom } from './proposal/electorate.ts';
import { projectSteps } from './proposal/project.steps.ts';
import { proposalHandlers } from './proposal/proposal.routes.ts';
import { contestHandlers } from './record/contest.routes.ts';
import { recordHandlers } from './record/record.routes.ts';
import { reviewHandlers } from './review/review.routes.ts';
import { roundInternalHandlers } from './round/round.internal.ts';
import { roundHandlers } from './round/round.routes.ts';
import { roundSteps } from './round/round.steps.ts';
import { paidMemory } from './staffing/paid.memory.ts';
import { staffingInternalHandlers } from './staffing/staffing.internal.ts';
import { staffingHandlers } from './staffing/staffing.routes.ts';
import type { Stores } from './stores.ts';
import { timelineRouteHandlers } from './timeline/timeline.routes.ts';

export interface AppOptions {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly temporal: Client;
  readonly stores: Stores;
  readonly drafting: Drafting;
  readonly neighbours: Neighbours;
  readonly rebuildTimeline: () => Promise<number>;
  readonly now: () => Date;
  readonly auth: Auth;
  readonly log: Logger;
  readonly publicUrl?: string;
  readonly readiness?: Readiness;
}

/** The app and the record of its lifecycles, for tests that play the worker. */
export function createProjectsApp(options: AppOptions): { app: Express; record: LifecycleRecord } {
  const { connection, outbox, stores, drafting, neighbours, rebuildTimeline, now } = options;
  const record = recordOf(options);
  const eligibility = eligibilityFrom(neighbours.identity, now);
  const paidLately = paidMemory(neighbours.payments, now);
  const own = { connection, outbox, record, stores, drafting };
  const asked = { neighbours, eligibility, paidLately };
  const parts: Parts = { ...own, ...asked, rebuildTimeline, now };
  const { auth, log, publicUrl, readiness = {} } = options;
  const shell = { api: projectsApi, handlers: handlersOf(parts), auth, log, connection, readiness };
  return { app: createService({ ...shell, ...(publicUrl ? { publicUrl } : {}) }), record };
}

function recordOf({ connection, outbox, temporal, stores }: AppOptions): LifecycleRecord {
  const record: LifecycleRecord = createLifecycleRecord({
    connection,
    outbox,
    temporal,
    onStep: {
      // A pilot's step starts the lifecycle of a round, so it needs the record that it is part of.
      pilot: (...step) => pilotSteps({ stores, record })(...step),
      round: roundSteps(stores),
      project: projectSteps({ stores, outbox }),
      measurement: measurementSteps(stores),
    },
  });
  return record;
}

function handlersOf(parts: Parts): Handlers<typeof projectsApi> {
  return {
    ...parts.record.handlers,
    ...pilotHandlers(parts),
    ...pilotInternalHandlers(parts),
    ...roundHandlers(parts),
    ...roundInternalHandlers(parts),
    ...proposalHandlers(parts),
    ...discussionHandlers(parts),
    ...endorsementHandlers(parts),
    ...reviewHandlers(parts),
    ...staffingHandlers(parts),
    ...staffingInternalHandlers(parts),
    ...deliveryHandlers(parts),
    ...recordHandlers(parts),
    ...contestHandlers(parts),
    ...measurementHandlers(parts),
    ...measurementInternalHandlers(parts),
    ...assessmentHandlers(parts),
    ...assessmentInternalHandlers(parts),
    ...timelineRouteHandlers(parts),
  };
}
