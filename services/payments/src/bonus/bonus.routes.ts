import { isDeepStrictEqual } from 'node:util';
import { eventOf } from '@talkoot/event-bus';
import { fundBonusDecidedV1 } from '@talkoot/event-contracts';
import { DomainError, idFrom, inTransaction } from '@talkoot/http-service';
import { decideBonus, lineText } from '@talkoot/impact';
import { money, ratio } from '@talkoot/money';
import type { ClientSession } from 'mongoose';
import type { BonusTerms, Payments, Routes } from '../context.ts';
import type { CommitmentDocument } from '../fund/fund.store.ts';
import { isReconsidered } from './bonus.ts';
import type { BonusDocument, BonusInputs } from './bonus.store.ts';

export function bonusRoutes(payments: Payments): Routes<'decideBonus' | 'getBonus'> {
  const { connection, bonuses, projects } = payments;
  return {
    async decideBonus({ params, body }) {
      const { municipalityId, pilotId, ...inputs } = body;
      const projectOf = async (session?: ClientSession) => {
        const found = await payments.funds.findCommitment(params.projectId, session);
        if (found?.municipalityId === municipalityId && found.pilotId === pilotId) return found;
        throw new DomainError('not-found');
      };
      // Known here before another service is asked about it.
      await projectOf();
      const terms = await projects.bonusRulesOf(params.projectId);
      const decided = await inTransaction(connection, async (session) => {
        const project = await projectOf(session);
        return decide(payments, session, { project, inputs, terms });
      });
      const { _id: decisionId, supersedes, pool, payable, computation } = decided;
      return { body: { decisionId, supersedes, pool, payable, computation } };
    },
    async getBonus({ params }) {
      const [current, ...superseded] = await bonuses.all(params.municipalityId, params.projectId);
      if (!current) throw new DomainError('not-found');
      return { body: { current: bonusView(current), superseded: superseded.map(bonusView) } };
    },
  };
}

interface BonusQuestion {
  readonly project: CommitmentDocument;
  readonly inputs: BonusInputs;
  readonly terms: BonusTerms;
}

/**
 * Decides once for given inputs, also where they come again late. An assessment that an upheld appeal had corrected makes a
 * decision that supersedes the former; nothing else does.
 * @throws DomainError `bonus-fixed`, `bonus-decided`
 */
async function decide(payments: Payments, session: ClientSession, question: BonusQuestion) {
  const { project, inputs } = question;
  const made = await payments.bonuses.all(project.municipalityId, project._id, session);
  const same = made.find((one) => isDeepStrictEqual(one.inputs, inputs));
  if (same) return same;
  const before = made[0] ?? null;
  if (before?.split) throw new DomainError('bonus-fixed');
  if (before && !isReconsidered(before.inputs, inputs)) throw new DomainError('bonus-decided');
  const document = newDecision(question, before, payments.now());
  await payments.bonuses.insert(session, document, before);
  await payments.outbox.appendEvents(session, [decidedEvent(document)]);
  return document;
}

function newDecision(
  { project, inputs, terms }: BonusQuestion,
  before: BonusDocument | null,
  at: Date,
): BonusDocument {
  const number = (before?.number ?? 0) + 1;
  const pool = money(project.pool, project.currency);
  const decision = decideBonus({ rules: terms.rules, pool, ...inputs });
  return {
    _id: idFrom(`${project._id}/${number}`, 'bon'),
    municipalityId: project.municipalityId,
    pilotId: project.pilotId,
    projectId: project._id,
    number,
    inputs,
    charterSha256: terms.charterSha256,
    lockSha256: terms.lockSha256,
    employerContributions: terms.rules.employerContributions ?? '0',
    pool,
    payable: decision.payable,
    reason: decision.reason,
    computation: decision.computation.map(lineText),
    decidedAt: at,
    supersedes: before?._id ?? null,
    supersededBy: null,
    split: null,
  };
}

const decidedEvent = (bonus: BonusDocument) =>
  eventOf({
    event: fundBonusDecidedV1,
    aggregateId: bonus.pilotId,
    municipalityId: bonus.municipalityId,
    occurredAt: bonus.decidedAt,
    data: {
      projectId: bonus.projectId,
      decisionId: bonus._id,
      supersedes: bonus.supersedes,
      assessmentId: bonus.inputs.assessment.assessmentId,
      pool: bonus.pool,
      payable: bonus.payable,
      score: sixPlaces(bonus.inputs.score),
    },
  });

/** The exact score as a decimal of six places, cut towards zero; the decision itself keeps the fraction. */
export function sixPlaces(score: string): string {
  const { numerator, denominator } = ratio(score);
  const scaled = (numerator * 1_000_000n) / denominator;
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(7, '0');
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

function bonusView(bonus: BonusDocument) {
  const { _id, projectId, pilotId, number, pool, payable, computation, supersedes, supersededBy } = bonus;
  const { pollId, assessment, score, roll, ballots } = bonus.inputs;
  return {
    decisionId: _id,
    projectId,
    pilotId,
    pollId,
    number,
    assessment,
    score,
    pool,
    payable,
    roll,
    ballots,
    computation,
    decidedAt: bonus.decidedAt.toISOString(),
    supersedes,
    supersededBy,
  };
}
