import { DomainError } from '@talkoot/http-service';
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf, isDuplicate } from '../database/collection.ts';

interface EndorsementDocument {
  _id: string;
  municipalityId: string;
  projectId: string;
  personId: string;
  at: string;
}

/** Who endorsed what: never shown, only counted. */
export function endorsementStore(connection: Connection) {
  const endorsements = collectionOf<EndorsementDocument>(connection, 'endorsements', [
    [{ municipalityId: 1, projectId: 1, personId: 1 }, { unique: true }],
  ]);
  return {
    /** @throws DomainError `already-endorsed` */
    async insert(session: ClientSession, endorsement: EndorsementDocument): Promise<void> {
      await endorsements.insertOne(endorsement, { session }).catch((error: unknown) => {
        throw isDuplicate(error) ? new DomainError('already-endorsed') : error;
      });
    },
    has: async (municipalityId: string, projectId: string, personId: string): Promise<boolean> =>
      (await endorsements.countDocuments({ municipalityId, projectId, personId }, { limit: 1 })) === 1,
  };
}
