import type { ClientSession, Connection } from 'mongoose';
import { collectionOf } from '../database/collection.ts';

/** What a decision needs in the record but may not carry through a workflow; its id is the decision's. */
interface PreparedDocument {
  _id: string;
  municipalityId: string;
  payload: unknown;
}

/** Stored before a decision is sent, read when its step is recorded. The first payload of an operation stands. */
export function preparedStore(connection: Connection) {
  const prepared = collectionOf<PreparedDocument>(connection, 'prepared');
  return {
    async keep<T>(operationId: string, municipalityId: string, payload: T): Promise<T> {
      const kept = await prepared.findOneAndUpdate(
        { _id: operationId },
        { $setOnInsert: { municipalityId, payload } },
        { upsert: true, returnDocument: 'after' },
      );
      return kept!.payload as T;
    },
    /** What a repeated request prepared the first time. */
    async find<T>(operationId: string): Promise<T | null> {
      return ((await prepared.findOne({ _id: operationId }))?.payload as T | undefined) ?? null;
    },
    async take<T>(session: ClientSession, decisionId: string): Promise<T> {
      const kept = await prepared.findOne({ _id: decisionId }, { session });
      if (!kept) throw new Error(`Nothing was prepared for decision ${decisionId}`);
      return kept.payload as T;
    },
  };
}
