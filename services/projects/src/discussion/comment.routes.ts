import type { CommentShape, discussionRoutes } from '@talkoot/api-contracts/projects';
import { eventOf } from '@talkoot/event-bus';
import { projectCommentPostedV1 } from '@talkoot/event-contracts';
import { DomainError, idFrom, once } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import type { TextRef } from '@talkoot/api-contracts';
import type { z } from 'zod';
import { mapPage } from '../database/page.ts';
import type { HandlersOf, Parts } from '../parts.ts';
import { appeal, decide, hide, report } from './comment.ts';
import type { Change, CommentDocument } from './comment.ts';

type Handlers = HandlersOf<typeof discussionRoutes>;

export function discussionHandlers(parts: Parts): Handlers {
  return { ...posting(parts), ...moderation(parts) };
}

function posting(parts: Parts): Pick<Handlers, 'postComment' | 'listComments' | 'listReportedComments'> {
  const { connection, outbox, stores, now } = parts;
  return {
    async postComment(call) {
      const { municipalityId, projectId } = call.params;
      const { text, kind, replyTo = null } = call.body;
      await stores.projects.get(municipalityId, projectId);
      if (replyTo && (await stores.comments.get(municipalityId, replyTo)).projectId !== projectId) {
        throw new DomainError('not-found');
      }
      const commentId = idFrom(call.operationId, 'cmt');
      const at = now().toISOString();
      const about = { _id: commentId, municipalityId, projectId, author: call.person.id, at };
      const comment = newComment({ ...about, text, kind, replyTo });
      const body = await once(connection, call, async (session) => {
        await stores.comments.insert(session, comment);
        const data = { commentId };
        const facts = { aggregateId: projectId, municipalityId, occurredAt: at, data };
        await outbox.appendEvents(session, [eventOf({ event: projectCommentPostedV1, ...facts })]);
        return shown(comment);
      });
      return { body };
    },
    async listComments({ params, query }) {
      await stores.projects.get(params.municipalityId, params.projectId);
      return {
        body: mapPage(await stores.comments.list(params.municipalityId, params.projectId, query), shown),
      };
    },
    async listReportedComments({ params, query }) {
      const page = await stores.comments.listReported(params.municipalityId, query);
      return { body: mapPage(page, (comment) => ({ ...shown(comment), reports: comment.reports.length })) };
    },
  };
}

interface ModeratingCall {
  readonly operationId: string;
  readonly bodyHash: string;
  readonly params: { readonly municipalityId: string; readonly commentId: string };
  readonly body: { readonly reason: string };
  readonly person: { readonly id: string };
}
type Act = { by: string; reason: TextRef; at: string };

function moderation(
  parts: Parts,
): Pick<Handlers, 'reportComment' | 'hideComment' | 'appealHiding' | 'decideHidingAppeal'> {
  return {
    async reportComment(call) {
      // Why somebody reported is for moderators only.
      const { commentId } = await changeOnce(parts, call, report, 'report');
      return { body: { commentId } };
    },
    async hideComment(call) {
      return { body: await changeOnce(parts, call, hide) };
    },
    async appealHiding(call) {
      return { body: await changeOnce(parts, call, appeal) };
    },
    async decideHidingAppeal(call) {
      const { upheld } = call.body;
      return { body: await changeOnce(parts, call, (comment, act) => decide(comment, upheld, act)) };
    },
  };
}

async function changeOnce(
  { connection, stores, now }: Parts,
  call: ModeratingCall,
  change: (comment: CommentDocument, act: Act) => Change,
  purpose = 'reason',
) {
  const { municipalityId, commentId } = call.params;
  await stores.comments.get(municipalityId, commentId);
  const reason = await storeText(connection, call, municipalityId, purpose, call.body.reason);
  return once(connection, call, async (session) => {
    const comment = await stores.comments.get(municipalityId, commentId, session);
    const set = change(comment, { by: call.person.id, reason, at: now().toISOString() });
    await stores.comments.change(session, commentId, set);
    return shown({ ...comment, ...set });
  });
}

function newComment(
  given: Pick<
    CommentDocument,
    '_id' | 'municipalityId' | 'projectId' | 'author' | 'kind' | 'replyTo' | 'text' | 'at'
  >,
): CommentDocument {
  return {
    ...given,
    state: 'visible',
    reports: [],
    reported: false,
    hidden: null,
    appeal: null,
    decision: null,
  };
}

function shown(comment: CommentDocument): z.infer<typeof CommentShape> {
  const { _id, projectId, author, kind, replyTo, state, hidden, appeal: appealed, decision, at } = comment;
  return {
    commentId: _id,
    projectId,
    author,
    kind,
    replyTo,
    text: state === 'visible' ? comment.text : null,
    state,
    hidden: hidden && { reason: hidden.reason, at: hidden.at },
    appeal: appealed,
    decision,
    at,
  };
}
