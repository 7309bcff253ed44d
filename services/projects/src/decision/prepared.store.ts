import { DomainError } from '@talkoot/http-service';
import type { Call } from '@talkoot/http-service';
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf } from '../database/collection.ts';

/** What a decision needs in the record but may not carry through a workflow; its id is the decision's. */
interface PreparedDocument {
  _id: string;
  municipalityId: string;
  /** Of the request that prepared it. */
  bodyHash: string;
  payload: unknown;
}

type PreparingCall = Pick<Call, 'operationId' | 'bodyHash'>;

/** Stored before a decision is sent, read when its step is recorded. The first payload of an operation stands. */
export function preparedStore(connection: Connection) {
  const prepared = collectionOf<PreparedDocument>(connection, 'prepared');
  return {
    /**
     * Also where the first request was refused: what is checked and what is recorded are of one request.
     * @throws DomainError `idempotency-key-reused` when another request prepared something under the same key.
     */
    async keep<T>(call: PreparingCall, municipalityId: string, payload: T): Promise<T> {
      const { operationId, bodyHash } = call;
      const kept = await prepared.findOneAndUpdate(
        { _id: operationId },
        { $setOnInsert: { municipalityId, bodyHash, payload } },
        { upsert: true, returnDocument: 'after' },
      );
      if (kept!.bodyHash !== bodyHash) throw new DomainError('idempotency-key-reused');
      return kept!.payload as T;
    },
    /**
     * What a repeated request prepared the first time.
     * @throws DomainError `idempotency-key-reused`
     */
    async find<T>({ operationId, bodyHash }: PreparingCall): Promise<T | null> {
      const kept = await prepared.findOne({ _id: operationId });
      if (kept && kept.bodyHash !== bodyHash) throw new DomainError('idempotency-key-reused');
      return (kept?.payload as T | undefined) ?? null;
    },
    async take<T>(session: ClientSession, decisionId: string): Promise<T> {
      const kept = await prepared.findOne({ _id: decisionId }, { session });
      if (!kept) throw new Error(`Nothing was prepared for decision ${decisionId}`);
      return kept.payload as T;
    },
  };
}
