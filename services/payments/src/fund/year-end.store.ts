import type { TextRef } from '@talkoot/api-contracts';
import type { FundName } from '@talkoot/api-contracts/payments';
import type { ClientSession, Connection } from 'mongoose';
import type { YearEndLine } from './year-end.ts';

export interface YearEndDocument {
  /** `<pilot>/<fiscal year>`: a year of a pilot ends once. */
  _id: string;
  municipalityId: string;
  pilotId: string;
  fiscalYear: number;
  into: number;
  currency: string;
  state: 'proposed' | 'confirmed';
  lapses: YearEndLine[];
  carriesOver: YearEndLine[];
  bringsForward: YearEndLine[];
  allotment: Record<FundName, number>;
  reason: TextRef;
  /** 128 random bits in hexadecimal, which the hash covers. */
  salt: string;
  sha256: string;
  proposedBy: string;
  proposedAt: Date;
  confirmedBy: string | null;
  confirmedAt: Date | null;
}

export const yearEndId = (pilotId: string, fiscalYear: number): string => `${pilotId}/${fiscalYear}`;

/** Ends of fiscal years. Two different people: the write says so in its filter. */
export function yearEndStore(connection: Connection) {
  const yearEnds = connection.collection<YearEndDocument>('yearends');
  return {
    find: (pilotId: string, fiscalYear: number, session?: ClientSession) =>
      yearEnds.findOne({ _id: yearEndId(pilotId, fiscalYear) }, session ? { session } : {}),
    /** Replaces what was proposed before and is not confirmed. */
    async propose(session: ClientSession, document: YearEndDocument): Promise<void> {
      const filter = { _id: document._id, state: 'proposed' } as const;
      await yearEnds.replaceOne(filter, document, { session, upsert: true });
    },
    /** Null when this person proposed it, or it is not the one that was proposed. */
    confirm: (
      session: ClientSession,
      proposed: Pick<YearEndDocument, '_id' | 'sha256'>,
      by: { readonly confirmedBy: string; readonly confirmedAt: Date },
    ) =>
      yearEnds.findOneAndUpdate(
        { ...proposed, state: 'proposed', proposedBy: { $ne: by.confirmedBy } },
        { $set: { state: 'confirmed', ...by } },
        { session, returnDocument: 'after' },
      ),
  };
}
export type YearEndStore = ReturnType<typeof yearEndStore>;
