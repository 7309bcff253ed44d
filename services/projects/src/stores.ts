import type { Connection } from 'mongoose';
import { assessmentStore } from './assessment/assessment.store.ts';
import { preparedStore } from './decision/prepared.store.ts';
import { deliveryStore } from './delivery/delivery.store.ts';
import { commentStore } from './discussion/comment.store.ts';
import { endorsementStore } from './endorsement/endorsement.store.ts';
import { measurementStore } from './measurement/measurement.store.ts';
import { pilotStore } from './pilot/pilot.store.ts';
import { projectStore } from './proposal/project.store.ts';
import { contestStore } from './record/contest.store.ts';
import { roundStore } from './round/round.store.ts';
import { timelineStore } from './timeline/timeline.store.ts';

/** Every collection of the service, behind the words of its feature. */
export function storesOf(connection: Connection) {
  return {
    prepared: preparedStore(connection),
    pilots: pilotStore(connection),
    rounds: roundStore(connection),
    projects: projectStore(connection),
    comments: commentStore(connection),
    endorsements: endorsementStore(connection),
    delivery: deliveryStore(connection),
    measurements: measurementStore(connection),
    assessments: assessmentStore(connection),
    contests: contestStore(connection),
    timeline: timelineStore(connection),
  };
}
export type Stores = ReturnType<typeof storesOf>;
