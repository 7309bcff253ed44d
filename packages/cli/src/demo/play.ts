import type { Charter } from '@talkoot/api-contracts/projects';
import type { PollKind } from '@talkoot/api-contracts/ballots';
import type { Receipt, TrusteeKeys, TrusteeSecrets } from '@talkoot/ballot-protocol';
import type { Report as Recount } from '@talkoot/ballot-protocol/verifier';
import type { StackHandle } from '@talkoot/local-stack';
import pMap from 'p-map';
import type { Actor, Services } from './actor.ts';
import type { Custody } from '../poll/trustee.ts';
import type { Plan, PlannedProposal, PlannedTrustee } from './plan.ts';
import type { Report } from './progress.ts';

/** Officials of the demo municipality, by what they do. Each is a different person. */
export const officials = {
  operator: ['operator'],
  registrar: ['registrar'],
  sponsor: ['sponsor'],
  'budget-authority': ['budget-authority'],
  manager: ['department-manager'],
  'civil-servant-1': ['civil-servant'],
  'civil-servant-2': ['civil-servant'],
  'poll-officer': ['poll-officer'],
  'desk-clerk': ['desk-clerk'],
  moderator: ['moderator'],
  'appeal-body': ['appeal-body'],
  assessor: ['assessor'],
  'finance-clerk': ['finance-clerk'],
  'payout-approver': ['payout-approver'],
  'payout-releaser': ['payout-releaser'],
  investor: ['investor'],
  auditor: ['auditor'],
  hr: ['hr'],
} as const;
/** Officials of the auditor, who are nobody to the municipality. */
export const auditorOfficials = {
  'auditor-registrar': ['registrar'],
  'auditor-desk-clerk': ['desk-clerk'],
} as const;
export type OfficialKey = keyof typeof officials;

/** A data feed and the secret that its device keeps. */
export interface OpenFeed {
  readonly feedId: string;
  readonly token: string;
}

/** A project as the run knows it. */
export interface PlayedProject {
  readonly plan: PlannedProposal;
  readonly projectId: string;
  readonly champion: Actor;
  readonly volunteer: Actor;
  /** Volunteers who write down no hours, and so share in no bonus. */
  readonly helpers: readonly Actor[];
  /** One for each planned feed, once they are made. */
  readonly feeds: OpenFeed[];
  measurementId?: string;
  /** Its outcome contract, where an investor takes part. */
  contractId?: string;
}

/** A trustee: a person with secrets, who keeps what each poll adds to them. */
export interface PlayedTrustee extends PlannedTrustee {
  readonly secrets: TrusteeSecrets;
  readonly keys: TrusteeKeys;
  /** By poll. */
  readonly custody: Map<string, Custody>;
}

/** What a voter keeps of one ballot, and the instants (ms) at which the municipality and the auditor had certified them. */
export interface KeptReceipt {
  readonly voter: Actor;
  readonly receipt: Receipt;
  readonly certifiedAt: readonly [number, number];
}

/** A poll that was held. */
export interface PlayedPoll {
  readonly pollId: string;
  readonly kind: PollKind;
  /** Key of the project that it is about. */
  readonly project: string | null;
  /** From 0, in the order in which polls were found. */
  readonly number: number;
  /** What the voters keep who voted online. Of who voted again, first what was replaced. */
  readonly receipts: KeptReceipt[];
  /** Devices that followed their ballot and found it on the board. */
  found?: number;
  /** What came of recounting it from its public files. */
  recount?: Recount;
}

/** A run of the demo: who is there and what came of the acts so far. */
export interface Play {
  readonly plan: Plan;
  readonly stack: StackHandle;
  readonly visitor: Services;
  readonly official: (key: OfficialKey) => Actor;
  /** The residents who vote, in the order of the plan's ballots. */
  readonly residents: readonly Actor[];
  readonly trustees: readonly PlayedTrustee[];
  readonly projects: Map<string, PlayedProject>;
  readonly polls: PlayedPoll[];
  pilotId: string;
  roundId: string;
}

export const municipalityOf = (play: Play) => ({ municipalityId: play.plan.municipality.id });
/** The planned charter with the keys that the trustees made. */
export function charterOf({ plan: { charter }, trustees }: Pick<Play, 'plan' | 'trustees'>): Charter {
  const named = trustees.map(({ name, organisation, keys }) => ({ name, organisation, ...keys }));
  return { ...charter, poll: { ...charter.poll, trustees: named } };
}

export const projectParams = (play: Play, project: PlayedProject) => ({
  ...municipalityOf(play),
  projectId: project.projectId,
});

/** The projects that were funded, in the order of the plan. */
export async function fundedProjects(play: Play): Promise<PlayedProject[]> {
  const result = await play.visitor.projects.getRoundResult({
    params: { ...municipalityOf(play), roundId: play.roundId },
  });
  const funded = new Set(result.projects.filter((one) => one.funded).map((one) => one.projectId));
  return [...play.projects.values()].filter(({ projectId }) => funded.has(projectId));
}

/** Does `work` for each, a few at a time, and reports how far it is. */
export async function forEach<T>(
  report: Report,
  items: readonly T[],
  work: (item: T, index: number) => Promise<unknown>,
  concurrency = 6,
): Promise<void> {
  let done = 0;
  report.count(0, items.length);
  await pMap(
    items,
    async (item, index) => {
      await work(item, index);
      report.count((done += 1), items.length);
    },
    { concurrency },
  );
}
