import { z } from 'zod';
import { route } from '../api.ts';
import {
  IdShape,
  InstantShape,
  MoneyShape,
  MunicipalityParams,
  ReasonShape,
  Sha256Shape,
  TextRefShape,
} from '../shapes.ts';
import { AccountNameShape } from './ledger.ts';

export const fundNames = ['round', 'bonus', 'outcome'] as const;
export type FundName = (typeof fundNames)[number];

const PilotParams = MunicipalityParams.extend({ pilotId: IdShape });
const ProjectParams = MunicipalityParams.extend({ projectId: IdShape });

/** One fund of a pilot in its open fiscal year. allotted + carriedOver = available + setAside + used. */
export const FundShape = z
  .object({
    fund: z.enum(fundNames),
    allotted: MoneyShape,
    /** What was set aside in the year before and came into this one. */
    carriedOver: MoneyShape,
    available: MoneyShape,
    /** Committed to projects or reserved for bonuses, and not used yet. */
    setAside: MoneyShape,
    used: MoneyShape,
  })
  .meta({ id: 'Fund' });

export const ProjectMoneyShape = z
  .object({
    projectId: IdShape,
    pilotId: IdShape,
    fiscalYear: z.int(),
    committed: MoneyShape,
    /** Recorded spending, accepted or awaiting acceptance. */
    claimed: MoneyShape,
    accepted: MoneyShape,
    commitmentReturned: MoneyShape,
    reserved: MoneyShape,
    reserveReturned: MoneyShape,
    raises: z.array(z.object({ amount: MoneyShape, reason: TextRefShape, at: InstantShape })),
  })
  .meta({ id: 'ProjectMoney' });

const YearEndLineShape = z.object({
  account: AccountNameShape,
  projectId: IdShape.nullable(),
  amount: MoneyShape,
});

/** What would become of a pilot's money, if its fiscal year ended now. */
export const YearEndPreviewShape = z
  .object({
    pilotId: IdShape,
    fiscalYear: z.int(),
    /** The year that goes on. */
    into: z.int(),
    /** Uncommitted: gone with its year. */
    lapses: z.array(YearEndLineShape),
    /** Commitments and reserves: to be spent in the next year. */
    carriesOver: z.array(YearEndLineShape),
    /** Owed or under way: to be paid in the next year. What is owed to people is shown to roles that see money only. */
    bringsForward: z.array(YearEndLineShape),
  })
  .meta({ id: 'YearEndPreview' });

/** What becomes of a pilot's money when a fiscal year ends. */
export const YearEndShape = YearEndPreviewShape.extend({
  state: z.enum(['proposed', 'confirmed']),
  /** What the budget authority allots anew for the next year. */
  allotment: z.object({ round: MoneyShape, bonus: MoneyShape, outcome: MoneyShape }),
  reason: TextRefShape,
  /** Over all of the above: what is confirmed is what was proposed. */
  sha256: Sha256Shape,
  proposedAt: InstantShape,
  confirmedAt: InstantShape.nullable(),
}).meta({ id: 'YearEnd' });

const YearEndParams = PilotParams.extend({ fiscalYear: z.coerce.number().int().min(2000).max(2200) });

export const fundRoutes = {
  getPilotFunds: route('GET /v1/m/{municipalityId}/pilots/{pilotId}/funds', {
    summary: 'The round, bonus and outcome funds of a pilot: allotted, set aside, used, available',
    access: { anyone: true },
    params: PilotParams,
    answer: z.object({
      pilotId: IdShape,
      fiscalYear: z.int(),
      limit: MoneyShape,
      funds: z.array(FundShape),
      openedAt: InstantShape,
    }),
  }),
  getProjectMoney: route('GET /v1/m/{municipalityId}/projects/{projectId}/money', {
    summary: 'Commitment, spending and bonus reserve of a project',
    access: { anyone: true },
    params: ProjectParams,
    answer: ProjectMoneyShape,
  }),
  raiseCommitment: route('POST /v1/m/{municipalityId}/projects/{projectId}/commitment-raises', {
    summary: 'Raise the commitment of a project from the round fund, with a published reason',
    access: { roles: ['budget-authority'] },
    params: ProjectParams,
    body: z.object({ amount: MoneyShape, reason: ReasonShape }),
    answer: ProjectMoneyShape,
    problems: ['fund-overdrawn', 'commitment-closed', 'amount-invalid'],
  }),
  previewYearEnd: route('GET /v1/m/{municipalityId}/pilots/{pilotId}/year-ends/{fiscalYear}/preview', {
    summary:
      'What would lapse and what would go on, if the open fiscal year of a pilot ended now; what is owed to people is for roles that see money',
    access: { anyone: true },
    params: YearEndParams,
    answer: YearEndPreviewShape,
    problems: ['fiscal-year-not-open', 'fiscal-year-closed'],
  }),
  proposeYearEnd: route('PUT /v1/m/{municipalityId}/pilots/{pilotId}/year-ends/{fiscalYear}', {
    kind: 'create',
    summary:
      'Propose to end the fiscal year of a pilot: what is uncommitted lapses, the rest goes on in the next year. Replaces a proposal that is not confirmed',
    access: { roles: ['finance-clerk'] },
    params: YearEndParams,
    body: z.object({
      allotment: z.object({ round: MoneyShape, bonus: MoneyShape, outcome: MoneyShape }),
      reason: ReasonShape,
    }),
    answer: YearEndShape,
    problems: ['fiscal-year-not-open', 'fiscal-year-closed', 'amount-invalid'],
  }),
  confirmYearEnd: route('POST /v1/m/{municipalityId}/pilots/{pilotId}/year-ends/{fiscalYear}/confirmed', {
    summary:
      'Confirm a proposed end of a fiscal year, as another person; nothing is posted in that year any more',
    access: { roles: ['budget-authority'] },
    params: YearEndParams,
    body: z.object({ sha256: Sha256Shape }),
    answer: YearEndShape,
    problems: ['fiscal-year-not-open', 'fiscal-year-closed', 'year-end-changed', 'same-person-twice'],
  }),
  getYearEnd: route('GET /v1/m/{municipalityId}/pilots/{pilotId}/year-ends/{fiscalYear}', {
    summary:
      'The end of a fiscal year of a pilot, proposed or confirmed; what is owed to people is for roles that see money',
    access: { anyone: true },
    params: YearEndParams,
    answer: YearEndShape,
  }),
};
