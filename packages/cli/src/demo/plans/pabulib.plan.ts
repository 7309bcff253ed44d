import { parsePabulib } from '@talkoot/allocation';
import type { PabulibFile } from '@talkoot/allocation';
import { minorDigits } from '@talkoot/money';
import type { Plan, PlannedProposal } from '../plan.ts';
import { demoCharter } from './demo.charter.ts';

/**
 * A pilot around an imported election: each project of the file becomes a proposal, each voter a resident.
 * @throws PabulibError when the file is malformed.
 */
export function pabulibPlan(text: string): Plan {
  const file = parsePabulib(text);
  const currency = file.meta.currency ?? 'EUR';
  const scale = 10 ** (minorDigits(currency) - file.meta.decimals);
  const minor = (units: number) => ({ amount: units * scale, currency });
  const budget = minor(file.meta.budget);
  // The round fund is four fifths of the limit and the limit is 2% of the adopted budget.
  const limit = Math.ceil((budget.amount * 5) / 4);
  const charter = demoCharter({
    currency,
    projectCap: minor(Math.max(...file.projects.map(({ cost }) => cost))),
    threshold: '1/2000',
    timeZone: 'Europe/Warsaw',
    ballot: {
      type: 'approval',
      minChoices: 0,
      maxChoices: Math.min(1000, file.meta.maxLength ?? file.projects.length),
    },
  });
  return {
    municipality: {
      id: 'imported',
      name: file.meta.entries['description']?.slice(0, 120) ?? 'Imported election',
    },
    pilotName: `Imported: ${file.meta.entries['description'] ?? 'participatory budget'}`.slice(0, 200),
    // As many residents as vote in earnest: batches as large as there, and as few checkpoints.
    charter: { ...charter, poll: { ...charter.poll, batchSize: 30 } },
    adoptedBudget: { amount: limit * 50, currency },
    permittedShare: '2/100',
    roundName: 'Imported round',
    roundBudget: budget,
    proposals: file.projects.map((project, index) => proposalOf(project, index, minor)),
    ballots: file.votes.map(({ choices }) => [...choices]),
    oneVotesAgainIn: 0,
    onPaper: 0,
    residentsSignIn: false,
  };
}

function proposalOf(
  project: PabulibFile['projects'][number],
  index: number,
  minor: (units: number) => { amount: number; currency: string },
): PlannedProposal {
  const title = (project.name || `Project ${project.id}`).slice(0, 200);
  // Invented measures: the file has none. Every third project misses its goal.
  const observed = index % 3 === 2 ? '104' : '118';
  return {
    key: project.id,
    title,
    description: `Imported from a published election: ${title}`,
    place: project.columns['category'] || 'The municipality',
    cost: minor(project.cost),
    criteria: [
      {
        metric: 'Users on a weekday',
        unit: 'users',
        direction: 'increase',
        baseline: { value: '100', observedAt: '2026-05-01T09:00:00.000Z' },
        goal: '120',
        failureBound: '90',
        comparator: 'before-after',
        source: 'Counted on site',
      },
    ],
    course: 'admitted',
    readings: [
      { criterion: 0, collection: 'c1', value: observed },
      { criterion: 0, collection: 'c2', value: observed },
    ],
    sideEffects: [],
    bonusShares: [100, 80, 90],
    spendingPercent: 90,
  };
}
