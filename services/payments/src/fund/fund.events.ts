import { eventOf } from '@talkoot/event-bus';
import {
  fundCommitmentMadeV1,
  fundCommitmentReleasedV1,
  fundFundsOpenedV1,
  fundYearClosedV1,
} from '@talkoot/event-contracts';
import { money } from '@talkoot/money';
import type { CommitmentDocument, FundsDocument } from './fund.store.ts';
import type { YearEndLine } from './year-end.ts';
import type { YearEndDocument } from './year-end.store.ts';

/** The funds of a pilot tell what happens to them in one order, under the pilot's id. */
export const fundsOpenedEvent = (funds: FundsDocument) =>
  eventOf({
    event: fundFundsOpenedV1,
    aggregateId: funds._id,
    municipalityId: funds.municipalityId,
    occurredAt: funds.openedAt,
    data: {
      pilotId: funds._id,
      fiscalYear: funds.fiscalYear,
      round: money(funds.allotted.round, funds.currency),
      bonus: money(funds.allotted.bonus, funds.currency),
      outcome: money(funds.allotted.outcome, funds.currency),
    },
  });

type SetAside = Pick<CommitmentDocument, '_id' | 'municipalityId' | 'pilotId' | 'fiscalYear' | 'currency'>;

const factsOf = (project: SetAside, from: 'round' | 'bonus', amount: number, at: Date) => ({
  aggregateId: project.pilotId,
  municipalityId: project.municipalityId,
  occurredAt: at,
  data: {
    commitmentId: `${project._id}/${from}`,
    projectId: project._id,
    pilotId: project.pilotId,
    amount: money(amount, project.currency),
    fiscalYear: project.fiscalYear,
  },
});

export const commitmentMadeEvent = (project: SetAside, from: 'round' | 'bonus', amount: number, at: Date) =>
  eventOf({ event: fundCommitmentMadeV1, ...factsOf(project, from, amount, at) });

export const commitmentReleasedEvent = (
  project: SetAside,
  from: 'round' | 'bonus',
  amount: number,
  at: Date,
) => eventOf({ event: fundCommitmentReleasedV1, ...factsOf(project, from, amount, at) });

const totalOf = (lines: readonly YearEndLine[]) => lines.reduce((sum, { amount }) => sum + amount, 0);

export const yearClosedEvent = (year: YearEndDocument, at: Date) =>
  eventOf({
    event: fundYearClosedV1,
    aggregateId: year.pilotId,
    municipalityId: year.municipalityId,
    occurredAt: at,
    data: {
      pilotId: year.pilotId,
      fiscalYear: year.fiscalYear,
      into: year.into,
      lapsed: money(totalOf(year.lapses), year.currency),
      carriedOver: money(totalOf(year.carriesOver), year.currency),
      allotted: money(year.allotment.round + year.allotment.bonus + year.allotment.outcome, year.currency),
    },
  });
