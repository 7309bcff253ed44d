import type { Money } from '@talkoot/api-contracts';
import { portion, ratio } from '@talkoot/money';
import type { About } from './ballots.activities.ts';
import type { Clients } from './clients.ts';

export interface DecidedBonus {
  readonly payable: Money;
  readonly score: string;
  readonly decisionId: string;
  /** The decision that an upheld appeal took back. */
  readonly supersedes: string | null;
}

/** Funds opened, committed, paid from and released. */
export function paymentsActivities({ payments, projects, ballots }: Clients) {
  return {
    async openFunds(pilot: About, limit: Money, fiscalYear: number): Promise<void> {
      const { id: pilotId, municipalityId } = pilot;
      const { charter } = await projects.getCharter({ params: { pilotId } });
      const body = { municipalityId, limit, fiscalYear, shares: charter.funds };
      await payments.openFunds({ params: { pilotId }, body });
    },

    /** What a round may spend: what it was given, as far as the round fund still has it. */
    async findBudget(roundId: string, pilotId: string): Promise<Money> {
      const { budget } = await projects.getRoundPlan({ params: { roundId } });
      const { round } = await payments.getFunds({ params: { pilotId } });
      return round.amount < budget.amount ? round : budget;
    },

    /** Commits the full cost from the round fund and reserves the bonus pool from the bonus fund. */
    async commitProject(project: About & { readonly roundId: string | null }, cost: Money): Promise<void> {
      const { id: projectId, municipalityId, pilotId, roundId } = project;
      const { charter } = await projects.getCharter({ params: { pilotId } });
      const share = ratio(charter.bonus.poolShare);
      const pool = portion(cost, share.numerator, share.denominator);
      await payments.commitProject({
        params: { projectId },
        body: { municipalityId, pilotId, roundId: roundId ?? '', cost, pool },
      });
    },

    async releaseProject(projectId: string, what: 'commitment' | 'everything'): Promise<void> {
      await payments.releaseProject({ params: { projectId }, body: { what } });
    },

    /** Final score of the signed assessment with the side effects that citizens accepted, then the bonus by score and vote. */
    async decideBonus(project: About, pollId: string): Promise<DecidedBonus> {
      const { id: projectId, municipalityId, pilotId } = project;
      const result = await ballots.getResult({ params: { pollId } });
      const counted = result.outcome === 'counted';
      // Nobody accepted a side effect in a vote without a result.
      const options = counted ? result.options : [];
      const final = await projects.decideFinalScore({ params: { projectId }, body: { pollId, options } });
      const { decisionId, supersedes, payable } = await payments.decideBonus({
        params: { projectId },
        body: {
          municipalityId,
          pilotId,
          pollId,
          assessment: final.assessment,
          score: final.score,
          payable: final.payable,
          counted,
          roll: result.roll,
          ballots: result.ballots,
          shares: result.shares,
        },
      });
      return { payable, score: final.score, decisionId, supersedes };
    },

    async createObligations(project: About): Promise<{ obligations: number; total: Money }> {
      const { id: projectId, municipalityId, pilotId } = project;
      return payments.createObligations({ params: { projectId }, body: { municipalityId, pilotId } });
    },

    async instructBatch(batchId: string, batchSha256: string): Promise<{ attempts: number }> {
      return payments.instructBatch({ params: { batchId }, body: { batchSha256 } });
    },
  };
}
