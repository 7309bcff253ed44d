import type { Pot } from '@talkoot/api-contracts/projects';
import { DomainError, sha256Of } from '@talkoot/http-service';
import { teamOf } from '../proposal/project.ts';
import type { Agreement, ProjectDocument } from '../proposal/project.ts';

export interface AgreementTerms {
  readonly pots: Record<Pot, number>;
  readonly weights: readonly { personId: string; weight: number }[];
  readonly milestones: readonly { id: string; title: string; due?: string | undefined }[];
}

/**
 * The team agreement as everybody on the team is to sign it; who is on the team follows from the record.
 * @throws DomainError `member-unknown`, `pots-empty`, `milestone-repeated`
 */
export function draftAgreement(project: ProjectDocument, terms: AgreementTerms, at: string): Agreement {
  const weights = new Map(terms.weights.map(({ personId, weight }) => [personId, weight]));
  const members = teamOf(project).map((member) => ({ ...member, weight: weights.get(member.personId) ?? 1 }));
  const onTeam = new Set(members.map(({ personId }) => personId));
  if (weights.size !== terms.weights.length || [...weights.keys()].some((id) => !onTeam.has(id))) {
    throw new DomainError('member-unknown');
  }
  if (Object.values(terms.pots).every((ratio) => ratio === 0)) throw new DomainError('pots-empty');
  if (new Set(terms.milestones.map(({ id }) => id)).size !== terms.milestones.length) {
    throw new DomainError('milestone-repeated');
  }
  const milestones = terms.milestones.map((milestone) => ({ ...milestone }));
  const sha256 = sha256Of(project._id, terms.pots, members, milestones);
  return { sha256, pots: terms.pots, members, milestones, signedBy: [], signed: false, proposedAt: at };
}

/** The agreement with one more signature; it is signed when every member's is there. */
export function withSignature(agreement: Agreement, personId: string): Agreement {
  const signedBy = [...new Set([...agreement.signedBy, personId])];
  return {
    ...agreement,
    signedBy,
    signed: agreement.members.every((one) => signedBy.includes(one.personId)),
  };
}

export interface Share {
  readonly personId: string;
  readonly pot: Pot;
  readonly weight: number;
  readonly minutes: number;
  /** The pot of those with whom they work on the team now; null once they left it. */
  readonly worksAs: Pot | null;
}

/**
 * Everybody who gains from the project. Whoever joined after the agreement was signed is on no electoral roll of its
 * bonus either, but shares in nothing that was not signed.
 */
export function sharesOf(project: ProjectDocument, minutes: ReadonlyMap<string, number>): Share[] {
  const signed = project.agreement?.signed ? project.agreement.members : [];
  const known = new Set(signed.map(({ personId }) => personId));
  const team = teamOf(project);
  const later = team
    .filter(({ personId }) => !known.has(personId))
    .map((member) => ({ ...member, weight: 0, minutes: 0, worksAs: member.pot }));
  const sharing = signed.map((one) => ({
    ...one,
    minutes: minutes.get(one.personId) ?? 0,
    worksAs: team.find(({ personId }) => personId === one.personId)?.pot ?? null,
  }));
  return [...sharing, ...later];
}
