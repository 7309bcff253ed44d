import type { Role } from '@talkoot/api-contracts';
import type { Charter } from '@talkoot/api-contracts/projects';
import type { Calendar } from '@talkoot/charter-calendar';
import type { Outbox } from '@talkoot/event-bus';
import type { Handlers } from '@talkoot/http-service';
import type { LifecycleRecord } from '@talkoot/lifecycle-record';
import type { PaymentsApi } from '@talkoot/api-contracts/payments';
import type { Connection } from 'mongoose';
import type { DebtorAccountStore } from './bank/account/account.store.ts';
import type { BankContentStore } from './bank/bank.content.store.ts';
import type { BankMessageStore } from './bank/message/message.store.ts';
import type { decideStatus } from './bank/message/status.decision.ts';
import type { BankFileStore } from './bank/order/order.store.ts';
import type { ReconciliationStore } from './bank/reconciliation/reconciliation.store.ts';
import type { BatchStore } from './batch/batch.store.ts';
import type { BonusStore } from './bonus/bonus.store.ts';
import type { FundStore } from './fund/fund.store.ts';
import type { YearEndStore } from './fund/year-end.store.ts';
import type { Lane } from './ledger/lane.ts';
import type { LedgerStore } from './ledger/ledger.store.ts';
import type { ObligationIds } from './obligation/obligation.ts';
import type { ObligationStore } from './obligation/obligation.store.ts';
import type { OutcomeStore } from './outcome/outcome.store.ts';
import type { PayeeStore } from './payee/payee.store.ts';
import type { PayrollStore } from './payroll/payroll.store.ts';
import type { SettlementStore } from './settlement/settlement.store.ts';
import type { SpendingStore } from './spending/spending.store.ts';
import type { WebhookParts } from './webhook/webhook.parts.ts';

export type Pot = 'civil-servants' | 'champions' | 'volunteers';

/** Who gains from a project, with the signed shares. */
export interface Team {
  readonly members: readonly {
    readonly personId: string;
    readonly pot: Pot;
    readonly weight: number;
    readonly minutes: number;
    /** The pot of those with whom they work on the team now; null once they left it, but for their share. */
    readonly worksAs: Pot | null;
  }[];
  readonly pots: Readonly<Record<Pot, number>>;
}

/** How a score turns into a bonus, as the project's criteria lock says. */
export interface BonusTerms {
  readonly rules: Charter['bonus'];
  readonly charterSha256: string;
  readonly lockSha256: string;
}

export interface SignedAssessment {
  readonly assessmentId: string;
  readonly sha256: string;
  /** False while an objection to it, or an appeal against the bonus, may still have it corrected. */
  readonly final: boolean;
}

/** A project, or a whole pilot. */
export interface Place {
  readonly pilotId: string;
  readonly projectId: string | null;
}

/** What this service asks the projects service. */
export interface Projects {
  bonusRulesOf(projectId: string): Promise<BonusTerms>;
  teamOf(projectId: string): Promise<Team>;
  /** By which charter the deadlines of a pilot are counted. */
  calendarOf(pilotId: string): Promise<Calendar>;
  /** The assessment of a project that is signed now; null while there is none. */
  assessmentOf(municipalityId: string, projectId: string): Promise<SignedAssessment | null>;
  /** Which of these people measured or assessed the project, or any project of the pilot. */
  measurersAmong(of: Place, personIds: readonly string[]): Promise<readonly string[]>;
}

/** A notice that identity leaves for a person, or for everybody with a role here. It names things by their ids only. */
export interface Notice {
  readonly noticeId: string;
  readonly municipalityId: string;
  readonly to: { readonly personId: string } | { readonly role: Role };
  readonly subject: { readonly kind: string; readonly id: string };
  readonly wait: string;
}

/** Under which numbers the payroll system knows people, by identity; whoever has none is left out. */
export type PersonnelNumbers = (
  municipalityId: string,
  personIds: readonly string[],
) => Promise<ReadonlyMap<string, string>>;

/** Everything the handlers work with. */
export interface Payments {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly record: Pick<LifecycleRecord, 'start' | 'decide' | 'report' | 'view' | 'handlers'>;
  readonly projects: Projects;
  readonly notify: (notice: Notice) => Promise<void>;
  readonly personnelNumbers: PersonnelNumbers;
  /** For how long nothing is paid to a new account, in milliseconds from when the payee was told. */
  readonly coolingOff: number;
  /** For how long after a payment a bank may send it back, in milliseconds. */
  readonly returnWindow: number;
  readonly ledger: LedgerStore;
  readonly funds: FundStore;
  readonly yearEnds: YearEndStore;
  readonly spending: SpendingStore;
  readonly bonuses: BonusStore;
  readonly obligations: ObligationStore;
  readonly obligationIdOf: ObligationIds;
  /** Of a public entry, so keyed. */
  readonly closingKeyOf: (obligationId: string) => string;
  readonly outcomes: OutcomeStore;
  readonly payees: PayeeStore;
  readonly payroll: PayrollStore;
  readonly batches: BatchStore;
  readonly settlements: SettlementStore;
  readonly debtorAccounts: DebtorAccountStore;
  readonly bankFiles: BankFileStore;
  readonly bankMessages: BankMessageStore;
  /** What a status report means: a part like others, so that the simulation can put a wrong one in. */
  readonly decideStatus: typeof decideStatus;
  readonly bankContents: BankContentStore;
  readonly reconciliations: ReconciliationStore;
  /** For how many days the content of files from and to the bank is kept. */
  readonly bankFileDays: number;
  readonly webhooks: WebhookParts;
  /** Queues what meets on one pilot's funds. */
  readonly lane: Lane;
  readonly now: () => Date;
}

/** Handlers of some of the service's routes. */
export type Routes<N extends keyof PaymentsApi['routes']> = Pick<Handlers<PaymentsApi>, N>;
