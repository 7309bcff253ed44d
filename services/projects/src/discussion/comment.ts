import type { TextRef } from '@talkoot/api-contracts';
import { DomainError } from '@talkoot/http-service';

export interface CommentDocument {
  _id: string;
  municipalityId: string;
  projectId: string;
  author: string;
  kind: 'comment' | 'suggestion';
  replyTo: string | null;
  text: string;
  state: 'visible' | 'hidden' | 'appealed' | 'hidden-finally';
  reports: { by: string; reason: TextRef; at: string }[];
  reported: boolean;
  hidden: { by: string; reason: TextRef; at: string } | null;
  appeal: { reason: TextRef; at: string } | null;
  decision: { upheld: boolean; reason: TextRef; at: string } | null;
  at: string;
}

export type Change = Partial<CommentDocument>;
interface Act {
  readonly by: string;
  readonly reason: TextRef;
  readonly at: string;
}

/** @throws DomainError `already-reported` */
export function report(comment: CommentDocument, act: Act): Change {
  if (comment.reports.some(({ by }) => by === act.by)) throw new DomainError('already-reported');
  return { reports: [...comment.reports, act], reported: true };
}

/** @throws DomainError `already-hidden`; `already-decided` once an appeal showed it again */
export function hide(comment: CommentDocument, act: Act): Change {
  if (comment.state !== 'visible') throw new DomainError('already-hidden');
  if (comment.decision) throw new DomainError('already-decided');
  return { state: 'hidden', hidden: act };
}

/** @throws DomainError `not-author`, `not-hidden`, `appeal-used` */
export function appeal(comment: CommentDocument, { by, reason, at }: Act): Change {
  if (comment.author !== by) throw new DomainError('not-author');
  if (comment.appeal) throw new DomainError('appeal-used');
  if (comment.state !== 'hidden') throw new DomainError('not-hidden');
  return { state: 'appealed', appeal: { reason, at } };
}

/** Upheld: shown again. Otherwise hidden for good. @throws DomainError `not-awaited`, `same-person-twice` */
export function decide(comment: CommentDocument, upheld: boolean, { by, reason, at }: Act): Change {
  if (comment.state !== 'appealed') throw new DomainError('not-awaited');
  if ([comment.hidden?.by, comment.author].includes(by)) throw new DomainError('same-person-twice');
  return { state: upheld ? 'visible' : 'hidden-finally', decision: { upheld, reason, at } };
}
