import type { PageQuery } from '@talkoot/api-contracts';
import { DomainError } from '@talkoot/http-service';
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf } from '../database/collection.ts';
import { pageOldestFirst } from '../database/page.ts';
import type { Change, CommentDocument } from './comment.ts';

export function commentStore(connection: Connection) {
  const comments = collectionOf<CommentDocument>(connection, 'comments', [
    [{ municipalityId: 1, projectId: 1, at: 1, _id: 1 }],
    [{ municipalityId: 1, reported: 1, at: 1 }],
  ]);
  return {
    insert: (session: ClientSession, comment: CommentDocument) => comments.insertOne(comment, { session }),
    /** @throws DomainError `not-found` in another municipality too. */
    async get(municipalityId: string, commentId: string, session?: ClientSession): Promise<CommentDocument> {
      const found = await comments.findOne(
        { _id: commentId, municipalityId },
        { ...(session && { session }) },
      );
      if (!found) throw new DomainError('not-found');
      return found;
    },
    change: (session: ClientSession, commentId: string, set: Change) =>
      comments.updateOne({ _id: commentId }, { $set: set }, { session }),
    list: (municipalityId: string, projectId: string, query: PageQuery) =>
      pageOldestFirst(comments, { municipalityId, projectId }, query),
    listReported: (municipalityId: string, query: PageQuery) =>
      pageOldestFirst(comments, { municipalityId, reported: true, state: 'visible', decision: null }, query),
  };
}
