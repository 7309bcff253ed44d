import type { Money } from '@talkoot/api-contracts';
import type { Evaluation } from '@talkoot/api-contracts/projects';
import { sum } from '@talkoot/money';
import { formatFraction, fraction } from '../number/fraction.ts';
import { finalScoreOf } from '../proposal/project.ts';
import type { ProjectDocument, Side } from '../proposal/project.ts';
import { isPaidInPublic } from '../timeline/timeline.ts';
import type { Owed } from '../timeline/timeline.store.ts';

/** What the record holds of a pilot, gathered for its evaluation. */
export interface PilotRecord {
  readonly pilotId: string;
  readonly currency: string;
  readonly rounds: readonly { _id: string; name: string; phase: string; budget: Money }[];
  readonly projects: readonly ProjectDocument[];
  readonly owed: readonly Owed[];
  readonly skills: readonly { taughtBy: Side }[];
  readonly hours: readonly { side: Side; minutes: number }[];
  readonly ordinary: readonly { daysToStaff: number; civilServantHours: number; allHours: number }[];
}

const DAY = 86_400_000;

/** The generated part of a pilot's evaluation: figures only, from the record alone. */
export function evaluate(record: PilotRecord): Evaluation {
  const funded = record.projects.filter((project) => project.allocation?.funded);
  const costs = funded.map((project) => project.allocation!.cost);
  return {
    pilotId: record.pilotId,
    rounds: record.rounds.map(({ _id, name, phase, budget }) => ({
      roundId: _id,
      name,
      phase,
      budget,
      spent: sum(costsIn(funded, _id), record.currency),
    })),
    projectsByPhase: countBy(record.projects.map(({ phase }) => phase)),
    funded: funded.map(fundedLine),
    delivered: funded.filter(isDelivered).length,
    committed: sum(costs, record.currency),
    payouts: payoutsByRole(record),
    skills: {
      taughtByCitizens: record.skills.filter(({ taughtBy }) => taughtBy === 'citizens').length,
      taughtByCivilServants: record.skills.filter(({ taughtBy }) => taughtBy === 'civil-servants').length,
    },
    equalTreatment: equalTreatment(record, funded),
  };
}

/**
 * One sum for each role, whatever became of each payout: asked again after one of them it is the same. What people get
 * counts once their project is closed, so that nobody sees the sum grow by one share after the other.
 */
export function payoutsByRole({
  projects,
  owed,
  currency,
}: Pick<PilotRecord, 'owed' | 'currency'> & {
  readonly projects: readonly Pick<ProjectDocument, '_id' | 'phase'>[];
}): Evaluation['payouts'] {
  const closed = new Set(projects.filter(({ phase }) => phase === 'closed').map(({ _id }) => _id));
  const shown = owed.filter(({ projectId, payeeRole }) => isPaidInPublic(payeeRole) || closed.has(projectId));
  const groups = Map.groupBy(shown, ({ payeeRole }) => payeeRole);
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([payeeRole, some]) => ({
      payeeRole,
      amount: sum(
        some.map(({ amount }) => amount),
        currency,
      ),
    }));
}

const costsIn = (funded: readonly ProjectDocument[], roundId: string) =>
  funded.filter((project) => project.roundId === roundId).map((project) => project.allocation!.cost);

const fundedLine = (project: ProjectDocument) => ({
  projectId: project._id,
  title: project.content.title,
  phase: project.phase,
  cost: project.allocation!.cost,
  votes: project.allocation!.votes,
  score: finalScoreOf(project)?.score ?? null,
});

const isDelivered = (project: ProjectDocument) => project.phases.some(({ phase }) => phase === 'measurement');

function equalTreatment(
  record: PilotRecord,
  funded: readonly ProjectDocument[],
): Evaluation['equalTreatment'] {
  const days = funded.map(daysToStaff).filter((one) => one !== null);
  const minutes = (side?: Side) =>
    record.hours.reduce((all, one) => all + (!side || one.side === side ? one.minutes : 0), 0);
  const total = (key: 'civilServantHours' | 'allHours') =>
    record.ordinary.reduce((all, one) => all + one[key], 0);
  return {
    daysToStaff: {
      citizenProjects: { median: median(days), projects: days.length },
      ordinaryProjects: {
        median: median(record.ordinary.map((one) => one.daysToStaff)),
        projects: record.ordinary.length,
      },
    },
    civilServantHoursShare: {
      citizenProjects: shareOf(minutes('civil-servants'), minutes()),
      ordinaryProjects: shareOf(total('civilServantHours'), total('allHours')),
    },
  };
}

/** Whole days from funding to the assignment of civil servants; null before it. */
export function daysToStaff(project: Pick<ProjectDocument, 'phases' | 'staff'>): number | null {
  const fundedAt = project.phases.find(({ phase }) => phase === 'funded')?.at;
  if (!fundedAt || !project.staff) return null;
  return Math.floor((Date.parse(project.staff.at) - Date.parse(fundedAt)) / DAY);
}

/** The middle value; the mean of the two in the middle for an even count; null of nothing. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return null;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function shareOf(part: number, whole: number): string | null {
  return whole > 0 ? formatFraction(fraction(BigInt(part), BigInt(whole))) : null;
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words.toSorted()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
