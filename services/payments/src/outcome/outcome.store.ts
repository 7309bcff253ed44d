import type { TextRef } from '@talkoot/api-contracts';
import type { outcomeContractStates } from '@talkoot/api-contracts/payments';
import type { OutcomeDecision, OutcomeResults, OutcomeTerms } from '@talkoot/impact/outcome';
import type { ClientSession, Connection } from 'mongoose';
import { ignoreExisting } from '../ledger/ledger.store.ts';
import type { Balance, DecidedResults } from './outcome.ts';

export interface OutcomePayee {
  /** As the terms call it. */
  readonly party: string;
  readonly payeeId: string;
  readonly role: 'contractor' | 'investor';
}

export interface OutcomeContractDocument {
  _id: string;
  municipalityId: string;
  pilotId: string;
  projectId: string | null;
  state: (typeof outcomeContractStates)[number];
  terms: OutcomeTerms;
  payer: string;
  payees: OutcomePayee[];
  /** Contracts whose results this one does not pay for. */
  besides: string[];
  sha256: string;
  currency: string;
  maximum: number;
  awarded: number;
  receivable: number;
  /** Of what is receivable paid so far. */
  received: number;
  returned: number;
  /** Payments on each line so far, in minor units. */
  paid: Record<string, number>;
  decisions: number;
  proposedBy: string;
  proposedAt: Date;
  signedBy: string | null;
  signedAt: Date | null;
  ended: { reason: TextRef; by: string; at: Date } | null;
}

export interface OutcomeDecisionDocument extends Balance {
  _id: string;
  municipalityId: string;
  contractId: string;
  number: number;
  termsSha256: string;
  results: OutcomeResults;
  evidence: { projectId: string; assessmentId: string; sha256: string };
  /** The results that it decided, as the terms call them. */
  decided: string[];
  outcome: Omit<OutcomeDecision, 'computation'>;
  computation: string[];
  assessor: string;
  decidedAt: Date;
}

/** Two different people, whatever a program tries to write. */
const twoPeople = { $expr: { $ne: ['$proposedBy', '$signedBy'] } };

const collections = (connection: Connection) => ({
  contracts: connection.collection<OutcomeContractDocument>('outcomecontracts'),
  decisions: connection.collection<OutcomeDecisionDocument>('outcomedecisions'),
});

export async function prepareOutcomes(connection: Connection): Promise<void> {
  const { contracts, decisions } = collections(connection);
  await connection.createCollection('outcomecontracts').catch(ignoreExisting);
  await connection.db!.command({ collMod: 'outcomecontracts', validator: twoPeople });
  await contracts.createIndex({ municipalityId: 1, pilotId: 1, _id: 1 });
  await contracts.createIndex({ pilotId: 1, 'payees.payeeId': 1 });
  await decisions.createIndex({ contractId: 1, number: 1 }, { unique: true });
  // Two assessments of one project would pay its results twice.
  await decisions.createIndex({ contractId: 1, 'evidence.projectId': 1 }, { unique: true });
  await decisions.createIndex({ 'evidence.projectId': 1 });
}

/** What was never signed and has ended pays nobody: it binds nobody either. */
const mayPay = { $or: [{ state: { $ne: 'ended' as const } }, { signedBy: { $ne: null } }] };

/** Who gains by contracts, and who stated the results that they pay by. */
function interestsIn({ contracts, decisions }: ReturnType<typeof collections>) {
  return {
    /** Whom contracts on this project, or on its whole pilot, pay or may pay; also where signed ones have ended. */
    payeesIn: (pilotId: string, projectId: string): Promise<string[]> =>
      contracts.distinct('payees.payeeId', { pilotId, projectId: { $in: [null, projectId] }, ...mayPay }),
    /** Which of these people stated results of a project, or of any in a pilot. */
    async statedBy(
      { pilotId, projectId }: { readonly pilotId: string; readonly projectId: string | null },
      personIds: readonly string[],
    ): Promise<string[]> {
      const about =
        projectId === null
          ? { contractId: { $in: await contracts.distinct('_id', { pilotId }) } }
          : { 'evidence.projectId': projectId };
      return decisions.distinct('assessor', { ...about, assessor: { $in: [...personIds] } });
    },
    /** Whether somebody is, or may be, paid as an investor in this pilot. */
    isInvestor: async (session: ClientSession, pilotId: string, personId: string): Promise<boolean> =>
      (await contracts.countDocuments(
        { pilotId, payees: { $elemMatch: { payeeId: personId, role: 'investor' } }, ...mayPay },
        { session, limit: 1 },
      )) > 0,
  };
}

/** Outcome contracts, whose terms no method changes, and what was decided by them. */
export function outcomeStore(connection: Connection) {
  const { contracts, decisions } = collections(connection);
  return {
    insert: (session: ClientSession, contract: OutcomeContractDocument) =>
      contracts.insertOne(contract, { session }),
    find: (municipalityId: string, contractId: string, session?: ClientSession) =>
      contracts.findOne({ _id: contractId, municipalityId }, session ? { session } : {}),
    list(
      filter: { municipalityId: string; pilotId?: string | undefined; projectId?: string | undefined },
      after: string | undefined,
      limit: number,
    ) {
      const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
      return contracts
        .find({ ...given, ...(after === undefined ? {} : { _id: { $gt: after } }) })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
    },
    /** False when it is not proposed any more, or this person proposed it. */
    async sign(session: ClientSession, contractId: string, personId: string, at: Date): Promise<boolean> {
      const filter = { _id: contractId, state: 'proposed' as const, proposedBy: { $ne: personId } };
      const signed = { $set: { state: 'signed' as const, signedBy: personId, signedAt: at } };
      return (await contracts.updateOne(filter, signed, { session })).matchedCount === 1;
    },
    /** False when it has ended. */
    async end(
      session: ClientSession,
      contractId: string,
      ended: NonNullable<OutcomeContractDocument['ended']>,
      returned: number,
    ): Promise<boolean> {
      const filter = { _id: contractId, state: { $ne: 'ended' as const } };
      const update = { $set: { state: 'ended' as const, ended, returned } };
      return (await contracts.updateOne(filter, update, { session })).matchedCount === 1;
    },
    /** Adds a decision to the contract as it was read; two that meet conflict. */
    async decide(
      session: ClientSession,
      decision: OutcomeDecisionDocument,
      sums: Pick<OutcomeContractDocument, 'awarded' | 'receivable' | 'paid'>,
    ): Promise<void> {
      await decisions.insertOne(decision, { session });
      const filter = { _id: decision.contractId, state: 'signed' as const };
      await contracts.updateOne(filter, { $set: { ...sums, decisions: decision.number } }, { session });
    },
    /** What every contract decided on a project, and besides which others each of them is. */
    async decidedOn(projectId: string, session: ClientSession): Promise<DecidedResults[]> {
      const made = await decisions
        .find({ 'evidence.projectId': projectId }, { session })
        .project<Pick<OutcomeDecisionDocument, 'contractId' | 'decided'>>({ contractId: 1, decided: 1 })
        .toArray();
      const by = await contracts
        .find({ _id: { $in: made.map(({ contractId }) => contractId) } }, { session })
        .project<Pick<OutcomeContractDocument, '_id' | 'besides'>>({ besides: 1 })
        .toArray();
      const besides = new Map(by.map((contract) => [contract._id, contract.besides]));
      return made.map(({ contractId, decided }) => ({
        contractId,
        decided,
        besides: besides.get(contractId) ?? [],
      }));
    },
    /** How many of these contracts the pilot has. */
    countIn: (pilotId: string, contractIds: readonly string[], session: ClientSession) =>
      contracts.countDocuments({ pilotId, _id: { $in: [...contractIds] } }, { session }),
    /** The decisions of contracts, by their ids. */
    decisionsOf: (contractIds: readonly string[], session?: ClientSession) =>
      decisions
        .find({ contractId: { $in: [...contractIds] } }, session ? { session } : {})
        .project<Pick<OutcomeDecisionDocument, '_id' | 'contractId'>>({ contractId: 1 })
        .toArray(),
    /** False when less than that is still due. */
    async receive(session: ClientSession, contractId: string, amount: number): Promise<boolean> {
      const isDue = { $lte: [{ $add: ['$received', amount] }, '$receivable'] };
      const filter = { _id: contractId, $expr: isDue };
      return (
        (await contracts.updateOne(filter, { $inc: { received: amount } }, { session })).matchedCount === 1
      );
    },
    findDecision: (municipalityId: string, decisionId: string) =>
      decisions.findOne({ _id: decisionId, municipalityId }),
    listDecisions: (contractId: string, after: number | undefined, limit: number) =>
      decisions
        .find({ contractId, ...(after === undefined ? {} : { number: { $gt: after } }) })
        .sort({ number: 1 })
        .limit(limit)
        .toArray(),
    ...interestsIn({ contracts, decisions }),
  };
}
export type OutcomeStore = ReturnType<typeof outcomeStore>;
