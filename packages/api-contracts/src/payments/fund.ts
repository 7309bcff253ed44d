import { z } from 'zod';
import { route } from '../api.ts';
import {
  IdShape,
  InstantShape,
  MoneyShape,
  MunicipalityParams,
  ReasonShape,
  TextRefShape,
} from '../shapes.ts';

export const fundNames = ['round', 'bonus', 'outcome'] as const;
export type FundName = (typeof fundNames)[number];

const PilotParams = MunicipalityParams.extend({ pilotId: IdShape });
const ProjectParams = MunicipalityParams.extend({ projectId: IdShape });

/** One fund of a pilot. allotted = available + set aside + used. */
export const FundShape = z
  .object({
    fund: z.enum(fundNames),
    allotted: MoneyShape,
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
};
