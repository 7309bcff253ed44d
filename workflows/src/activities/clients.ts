import type { Client } from '@talkoot/api-contracts';
import type { BallotsApi } from '@talkoot/api-contracts/ballots';
import type { IdentityApi } from '@talkoot/api-contracts/identity';
import type { PaymentsApi } from '@talkoot/api-contracts/payments';
import type { ProjectsApi } from '@talkoot/api-contracts/projects';

type Internal<
  A extends IdentityApi | BallotsApi | ProjectsApi | PaymentsApi,
  Names extends keyof A['routes'],
> = Pick<Client<A>, Names>;
type Recording = 'recordStep';
type Issuing = 'freezeRoll' | 'sealLotSeed' | 'openIssuance' | 'closeIssuance';

/** What the worker asks of each service: all of it safe to repeat, all of it internal but a poll's manifest and key. */
export interface Clients {
  readonly identity: Internal<IdentityApi, Issuing | 'notify'>;
  readonly auditor: Internal<IdentityApi, Issuing>;
  readonly ballots: Internal<
    BallotsApi,
    | Recording
    | 'preparePoll'
    | 'recordRolls'
    | 'publishManifest'
    | 'getKeyCeremony'
    | 'getManifest'
    | 'recordDesks'
    | 'closeBoard'
    | 'settleComplaints'
    | 'tallyPoll'
    | 'publishPollFiles'
    | 'getResult'
  >;
  readonly payments: Internal<
    PaymentsApi,
    | Recording
    | 'openFunds'
    | 'getFunds'
    | 'commitProject'
    | 'releaseProject'
    | 'listInterested'
    | 'decideBonus'
    | 'createObligations'
    | 'instructBatch'
  >;
  readonly projects: Internal<
    ProjectsApi,
    | Recording
    | 'getCharter'
    | 'getRoundPlan'
    | 'listAdmitted'
    | 'closeIdeas'
    | 'closeReview'
    | 'putOnBallot'
    | 'recordAllocation'
    | 'getTeam'
    | 'listCriteria'
    | 'lockCriteria'
    | 'checkBaselines'
    | 'startMeasurement'
    | 'completeMeasurement'
    | 'getMeasurementPlan'
    | 'getBonusQuestion'
    | 'decideFinalScore'
    | 'roundAllocated'
  >;
}
