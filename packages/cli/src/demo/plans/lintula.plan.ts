import type { CriterionInput } from '@talkoot/api-contracts/projects';
import type { Plan, PlannedOutcome, PlannedProposal } from '../plan.ts';
import { demoCharter } from './demo.charter.ts';
import { carsAtNoon, nurseVisits } from './lintula.series.ts';

const eur = (euros: number) => ({ amount: euros * 100, currency: 'EUR' });
const before = '2026-05-01T09:00:00.000Z';

const cyclists: CriterionInput = {
  metric: 'Cyclists counted at the station on a weekday',
  unit: 'cyclists per day',
  direction: 'increase',
  baseline: { value: '240', observedAt: before },
  goal: '320',
  failureBound: '200',
  comparator: 'before-after',
  source: 'Counting loop at the station underpass',
};
const emptyRacks: CriterionInput = {
  metric: 'Share of racks that stand empty at noon',
  unit: 'percent',
  direction: 'decrease',
  baseline: { value: '60', observedAt: before },
  goal: '20',
  failureBound: '75',
  comparator: 'goal',
  source: 'Weekly photographs by the caretaker',
};
/** Cars elsewhere tell what would have been without the racks, so the baseline is measured and not stated. */
const parkedCars: CriterionInput = {
  metric: 'Cars parked at the station at noon',
  unit: 'cars',
  direction: 'decrease',
  goal: '75',
  comparator: 'synthetic-control',
  periods: 'day',
  source: 'Cameras of the regional railway at seven stations',
};
const parents: CriterionInput = {
  metric: 'Parents signed up for deliveries',
  unit: 'parents',
  direction: 'increase',
  baseline: { value: '0', observedAt: before },
  goal: '150',
  comparator: 'before-after',
  source: 'Sign-up list of the school kitchen',
};
const sickDays: CriterionInput = {
  metric: 'Sick days for each pupil and term',
  unit: 'days',
  direction: 'decrease',
  baseline: { value: '4.8', observedAt: before },
  goal: '3.8',
  failureBound: '6',
  comparator: 'comparison-units',
  source: 'School register; two other schools compare',
};

const nurse: CriterionInput = {
  metric: 'Visits of pupils to the school nurse',
  unit: 'visits per day',
  direction: 'decrease',
  goal: '8',
  comparator: 'interrupted-time-series',
  periods: 'day',
  source: 'Diary of the school nurse, without names',
};

/** A local fund advanced 5,000 euros; it is paid by the cyclists who came, and loses what they do not cover. */
const racksForCyclists: PlannedOutcome = {
  terms: {
    title: 'Racks that fill: paid by the cyclists who came',
    currency: 'EUR',
    inputs: [
      { id: 'more-cyclists', title: 'More cyclists than before, as assessed', unit: 'cyclists per day' },
    ],
    measures: [
      {
        kind: 'achievement',
        id: 'reached',
        title: 'Cyclists against the 80 that were hoped for',
        assessed: { of: 'weekdays counted at the station' },
        payable: { of: 'all weekdays' },
        rounding: 'none',
        min: '0',
        estimate: 'more-cyclists',
        target: '80',
      },
    ],
    payments: [
      {
        kind: 'anchors',
        id: 'repayment',
        title: 'The advance, and a fifth more if everybody came',
        payer: 'municipality',
        payee: 'investor',
        measure: 'reached',
        anchors: [
          { at: '0', pays: '0' },
          { at: '1', pays: '1.2' },
        ],
        rounding: 'none',
        base: '5000',
      },
    ],
    amountCap: { amount: '6000', over: 'contract' },
    rounding: 'half-even',
  },
  estimates: { 'more-cyclists': 0 },
};

const bicycleRacks: PlannedProposal = {
  key: 'bicycle-racks',
  title: 'Bicycle racks at the station',
  description: 'Roofed racks for 120 bicycles at the station, so that people leave the car at home.',
  place: 'Lintula station',
  cost: eur(38_000),
  criteria: [cyclists, emptyRacks, parkedCars],
  course: 'admitted',
  readings: [
    { criterion: 0, collection: 'c1', value: '290' },
    { criterion: 0, collection: 'c2', value: '308' },
    { criterion: 1, collection: 'c1', value: '34' },
    { criterion: 1, collection: 'c2', value: '28' },
  ],
  feeds: [carsAtNoon],
  sideEffects: [
    {
      direction: 'good',
      title: 'The kiosk at the station opened again',
      evidence: 'The kiosk keeper says that cyclists stop for coffee; open every weekday since June.',
      points: '0.05',
      accepted: true,
    },
    {
      direction: 'bad',
      title: 'The ramp is blocked by parked bicycles',
      evidence: 'Photographs of the wheelchair ramp on eight days.',
      points: '-0.1',
      accepted: true,
    },
  ],
  bonusShares: [80, 80, 100, 60, 75],
  spendingPercent: 95,
  outcome: racksForCyclists,
  helpers: 1,
};

const schoolFood: PlannedProposal = {
  key: 'healthy-school-food',
  title: 'Healthy school food deliveries',
  description: 'The school kitchen delivers healthy family portions; parents order and fetch them together.',
  place: 'Lintula school',
  cost: eur(54_000),
  criteria: [parents, sickDays, nurse],
  course: 'refused-then-admitted',
  readings: [
    { criterion: 1, collection: 'baseline', value: '4.8', group: 'treated', unitName: 'Lintula school' },
    { criterion: 1, collection: 'baseline', value: '4.6', group: 'comparison', unitName: 'Harju school' },
    { criterion: 1, collection: 'baseline', value: '5.0', group: 'comparison', unitName: 'Rantala school' },
    { criterion: 0, collection: 'c1', value: '95' },
    { criterion: 0, collection: 'c2', value: '132' },
    { criterion: 1, collection: 'c1', value: '4.3', group: 'treated', unitName: 'Lintula school' },
    { criterion: 1, collection: 'c1', value: '4.7', group: 'comparison', unitName: 'Harju school' },
    { criterion: 1, collection: 'c1', value: '5.0', group: 'comparison', unitName: 'Rantala school' },
    { criterion: 1, collection: 'c2', value: '4.0', group: 'treated', unitName: 'Lintula school' },
    { criterion: 1, collection: 'c2', value: '4.7', group: 'comparison', unitName: 'Harju school' },
    { criterion: 1, collection: 'c2', value: '4.9', group: 'comparison', unitName: 'Rantala school' },
  ],
  feeds: [nurseVisits],
  sideEffects: [
    {
      direction: 'good',
      title: 'Food waste of the kitchen fell by a third',
      evidence: 'Weighed every Friday by the kitchen.',
      points: '0.1',
      accepted: true,
    },
    {
      direction: 'bad',
      title: 'The village shop sells fewer ready meals',
      evidence: 'Statement of the shopkeeper.',
      points: '-0.05',
      accepted: false,
    },
  ],
  bonusShares: [100, 90, 100, 85, 70],
  spendingPercent: 100,
};

const simple = (
  key: string,
  title: string,
  cost: number,
  course: PlannedProposal['course'],
  observed: string,
): PlannedProposal => ({
  key,
  title,
  description: `${title}: proposed at the village meeting.`,
  place: 'Lintula',
  cost: eur(cost),
  criteria: [
    {
      metric: 'Visitors on a weekday evening',
      unit: 'visitors',
      direction: 'increase',
      baseline: { value: '10', observedAt: before },
      goal: '40',
      failureBound: '5',
      comparator: 'before-after',
      source: 'Counted by the caretaker',
    },
  ],
  course,
  readings: [
    { criterion: 0, collection: 'c1', value: observed },
    { criterion: 0, collection: 'c2', value: observed },
  ],
  sideEffects: [],
  bonusShares: [50],
  spendingPercent: 100,
});

/** Whom each of the residents chooses; the counts are what matters: 36, 33, 21, 18. */
function ballots(): string[][] {
  return Array.from({ length: 60 }, (_, voter) => [
    ...(voter % 5 < 3 ? ['bicycle-racks'] : []),
    ...(voter % 20 < 11 ? ['healthy-school-food'] : []),
    ...(voter % 20 >= 13 ? ['library-evenings'] : []),
    ...(voter % 7 < 2 ? ['shore-path'] : []),
  ]);
}

/** The small pilot that the demo plays unless it is given an election. */
export function lintulaPlan(): Plan {
  return {
    municipality: { id: 'lintula', name: 'Lintula' },
    pilotName: 'Lintula builds together 2026–2027',
    charter: demoCharter({ currency: 'EUR', projectCap: eur(80_000) }),
    adoptedBudget: eur(7_500_000),
    permittedShare: '2/100',
    roundName: 'First round',
    roundBudget: eur(100_000),
    proposals: [
      bicycleRacks,
      schoolFood,
      simple('library-evenings', 'Library open on weekday evenings', 7_500, 'admitted', '4'),
      simple('shore-path', 'Lit path along the shore', 64_000, 'admitted', '30'),
      simple('private-jetty', 'A jetty for one boat club', 20_000, 'refused', '0'),
      simple('statue', 'A statue of the fisherman', 30_000, 'without-support', '0'),
      simple('skate-ramp', 'A skating ramp in the yard', 12_000, 'withdrawn', '0'),
    ],
    ballots: ballots(),
    oneVotesAgainIn: 6,
    onPaper: 4,
    residentsSignIn: true,
  };
}
