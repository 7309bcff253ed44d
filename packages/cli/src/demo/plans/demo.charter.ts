import type { PlannedCharter } from '../plan.ts';

/** A charter whose phases end by an authorised act, so that nothing waits for months and no outage lets one lapse. */
export function demoCharter(
  changes: Partial<PlannedCharter> & Pick<PlannedCharter, 'currency' | 'projectCap'>,
): PlannedCharter {
  return {
    purpose: 'Residents propose, choose, help deliver and measure projects, and reward those that work.',
    timeZone: 'Europe/Helsinki',
    holidays: ['2026-12-06', '2026-12-25', '2026-12-26', '2027-01-01', '2027-01-06'],
    endOfDay: '16:00',
    endsBy: 'act',
    calendar: {
      default: { duration: 'P180D', remindBefore: 'P14D', escalateAfter: 'P14D' },
      'obligation.unclaimed': { duration: 'P1Y' },
    },
    funds: { round: '4/5', bonus: '3/20', outcome: '1/20' },
    electorate: { minimumAge: 16, districts: [] },
    threshold: '1/20',
    ballot: { type: 'approval', minChoices: 0, maxChoices: 10 },
    allocation: { rule: 'greedy' },
    poll: {
      // Five residents judge the criteria and the bonus of a project, so that a demo is over in minutes. Where people
      // vote in earnest, so few ballots would say who voted how: the defaults are 50 on the roll and 20 counted.
      minima: { roll: 5, counted: 3 },
      batchSize: 4,
      threshold: 2,
      trustees: [
        { name: 'Aino Harju', organisation: 'Municipality' },
        { name: 'Birgit Salo', organisation: 'Association of residents' },
        { name: 'Cem Aydin', organisation: 'University' },
      ],
    },
    criteria: { quorum: '1/1000', withoutQuorum: 'all-equal' },
    // A reading is observed after the collection before was due, give or take the five minutes by which clocks may
    // differ: with a first collection after five minutes a demo reads both at once, where people would wait for months.
    measurement: { collections: ['PT5M', 'P180D'] },
    impact: { goalOn: 'effect', evidence: 'point', failureValue: '-1', sideEffectsMost: '1/5' },
    bonus: {
      poolShare: '1/10',
      scoreThreshold: '1/4',
      slope: '1',
      cap: '1',
      quorum: '1/1000',
      withoutQuorum: 'pay-nothing',
      defaultShare: 0,
    },
    performance: {
      minimumRaters: 3,
      criteria: [
        { criterion: 'collaboration', weight: '2/5', full: '5' },
        { criterion: 'engagement', weight: '1/5', full: '1/2' },
        { criterion: 'hours', weight: '1/5', full: '1' },
        { criterion: 'skills-taught', weight: '1/10', full: '2' },
        { criterion: 'skills-learned', weight: '1/10', full: '2' },
      ],
    },
    ...changes,
  };
}
