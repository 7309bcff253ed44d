import type { Client } from '@talkoot/api-contracts';
import type { BallotsApi } from '@talkoot/api-contracts/ballots';
import type { IdentityApi } from '@talkoot/api-contracts/identity';
import type { PaymentsApi } from '@talkoot/api-contracts/payments';
import type { RouteSpec } from '@talkoot/api-contracts';
import type { Outbox } from '@talkoot/event-bus';
import type { Handler } from '@talkoot/http-service';
import type { LifecycleRecord } from '@talkoot/lifecycle-record';
import type { Connection } from 'mongoose';
import type { Drafting } from './assessment/drafting.ts';
import type { Eligibility } from './proposal/electorate.ts';
import type { Stores } from './stores.ts';

/** The services this one asks; nothing more of them is known here. */
export interface Neighbours {
  readonly identity: Pick<
    Client<IdentityApi>,
    'checkPerson' | 'getElectorate' | 'findPersonnelNumbers' | 'notify'
  >;
  readonly payments: Pick<Client<PaymentsApi>, 'getFunds' | 'listInterested'>;
  readonly ballots: Pick<Client<BallotsApi>, 'getResult'>;
}

/** What every feature's handlers work with. */
export interface Parts {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly record: LifecycleRecord;
  readonly stores: Stores;
  readonly drafting: Drafting;
  readonly neighbours: Neighbours;
  readonly eligibility: Eligibility;
  /** Who is paid for a project, as it was known within the last minute. */
  readonly paidLately: (projectId: string) => Promise<readonly string[]>;
  readonly rebuildTimeline: () => Promise<number>;
  readonly now: () => Date;
}

/** One handler for each route of a table. */
export type HandlersOf<Routes> = {
  readonly [N in keyof Routes]: Routes[N] extends RouteSpec ? Handler<Routes[N]> : never;
};
