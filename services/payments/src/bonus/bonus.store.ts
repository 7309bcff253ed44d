import type { Assessed } from '@talkoot/api-contracts/projects';
import type { Money } from '@talkoot/money';
import type { ClientSession, Connection } from 'mongoose';

/** What a bonus was decided from: equal inputs give the same decision. */
export interface BonusInputs {
  readonly pollId: string;
  readonly assessment: Assessed;
  readonly score: string;
  readonly payable: boolean;
  readonly counted: boolean;
  readonly roll: number;
  readonly ballots: number;
  readonly shares: readonly { readonly percent: number; readonly ballots: number }[];
}

export interface BonusDocument {
  _id: string;
  municipalityId: string;
  pilotId: string;
  projectId: string;
  /** 1 for the first decision of the project. */
  number: number;
  inputs: BonusInputs;
  charterSha256: string;
  lockSha256: string;
  /** On top of a wage, as a share of it. */
  employerContributions: string;
  pool: Money;
  payable: Money;
  reason: string;
  computation: string[];
  decidedAt: Date;
  supersedes: string | null;
  supersededBy: string | null;
  /** Lines of the split into obligations; null until they are made. */
  split: string[] | null;
}

const bonusesOf = (connection: Connection) => connection.collection<BonusDocument>('bonuses');

export async function prepareBonuses(connection: Connection): Promise<void> {
  await bonusesOf(connection).createIndex({ projectId: 1, number: 1 }, { unique: true });
  await bonusesOf(connection).createIndex(
    { projectId: 1 },
    { name: 'one-in-force', unique: true, partialFilterExpression: { supersededBy: null } },
  );
}

/** Bonus decisions: one in force for each project, and those it superseded. */
export function bonusStore(connection: Connection) {
  const bonuses = bonusesOf(connection);
  return {
    current: (projectId: string, session?: ClientSession) =>
      bonuses.findOne({ projectId, supersededBy: null }, session ? { session } : {}),
    all: (municipalityId: string, projectId: string, session?: ClientSession) =>
      bonuses
        .find({ municipalityId, projectId }, session ? { session } : {})
        .sort({ number: -1 })
        .toArray(),
    find: (decisionId: string) => bonuses.findOne({ _id: decisionId }),
    async insert(session: ClientSession, document: BonusDocument, superseded: BonusDocument | null) {
      if (superseded) {
        const by = { $set: { supersededBy: document._id } };
        await bonuses.updateOne({ _id: superseded._id }, by, { session });
      }
      await bonuses.insertOne(document, { session });
    },
    async setSplit(session: ClientSession, decisionId: string, split: string[]) {
      await bonuses.updateOne({ _id: decisionId }, { $set: { split } }, { session });
    },
  };
}
export type BonusStore = ReturnType<typeof bonusStore>;
