import { pollIdOf, terminalPhases } from '@talkoot/workflow-contracts';
import type { LifecycleKind, StateOf, WaitName } from '@talkoot/workflow-contracts';
import type { Running } from './engine.ts';
import { euros, sha } from './town.ts';

export const reason = { id: 'txt-reason', sha256: sha('reason') };
export const permission = {
  charterSha256: sha('charter'),
  limit: euros(100_000),
  expiresAt: '2045-01-01T00:00:00.000Z',
  fiscalYear: 2027,
};
export const members = ['per-champion', 'per-lead'];
export const agreement = { agreementSha256: sha('agreement'), members, milestones: ['mst-1', 'mst-2'] };

type Act<K extends LifecycleKind> = (run: Running<K>, state: StateOf<K>) => Promise<unknown>;
/** What people and services do in each stage of a good course; nothing where time alone ends it. */
export type Course<K extends LifecycleKind> = { readonly [W in WaitName<K>]?: Act<K> };

const pilot: Course<'pilot'> = {
  sponsorship: (run) => run.decide('sponsor', 'sponsor', { charterSha256: sha('draft') }),
  'permission-request': (run) =>
    run.decide('request-permission', 'sponsor', { charterSha256: sha('charter') }),
  permission: (run) => run.decide('permit', 'budget-authority', permission),
  rounds: async (run, { facts }) => {
    if (facts.rounds === undefined) {
      return run.decide('open-round', 'sponsor', { roundId: 'rnd-1', budget: euros(10_000) });
    }
    if (facts.allocatedRounds === undefined) return run.report('round-allocated', { roundId: 'rnd-1' });
    return run.decide('end-rounds', 'sponsor', {});
  },
  evaluation: (run) => run.decide('conclude', 'sponsor', { report: reason }),
};

const round: Course<'round'> = {
  ideas: (run) => run.decide('close-ideas', 'poll-officer', {}),
  review: (run) => run.decide('close-review', 'poll-officer', {}),
  voting: async (run, { id, facts }) =>
    facts.pollId && run.report('poll-decided', { pollId: pollIdOf.prioritisation(id) }),
};

const signNext: Act<'project'> = (run, { facts }) => {
  const next = members.find((person) => !facts.agreement?.signed.includes(person));
  if (!facts.agreement || next === undefined) return run.decide('propose-agreement', 'champion', agreement);
  return run.decide('sign-agreement', 'team', { agreementSha256: agreement.agreementSha256 }, next);
};

const acceptNext: Act<'project'> = (run, { facts }) => {
  const milestoneId = agreement.milestones.find((one) => !facts.accepted?.[one]?.lead) ?? 'mst-1';
  const side = facts.accepted?.[milestoneId]?.champion ? 'lead' : 'champion';
  return run.decide('accept-milestone', side, { milestoneId });
};

const project: Course<'project'> = {
  endorsement: (run) => run.report('threshold-reached', { endorsements: 50 }),
  review: (run) => run.decide('admit', 'department-manager', { cost: euros(1_000), reason }),
  ballot: (run) => run.report('on-ballot', { pollId: 'pol-1' }),
  allocation: (run) =>
    run.report('allocated', { funded: true, votes: 40, cost: euros(1_000), reasonCode: 'fits' }),
  'criteria-vote': (run, { id }) => run.report('poll-decided', { pollId: pollIdOf.criteria(id) }, 'criteria'),
  staffing: (run) =>
    run.decide('assign', 'department-manager', { lead: 'per-lead', civilServants: ['per-lead'], hours: 80 }),
  agreement: signNext,
  baseline: (run) => run.report('baselines-recorded', {}),
  delivery: acceptNext,
  measurement: async (run, { facts }) =>
    facts.measurementId && run.report('measured', { measurementId: facts.measurementId }),
  assessment: (run) =>
    run.decide('sign-assessment', 'assessor', { assessmentId: 'ass-1', sha256: sha('ass-1'), score: '1/2' }),
  objection: (run) => run.decide('close-window', 'appeal-body', {}),
  'bonus-vote': (run, { id }) => run.report('poll-decided', { pollId: pollIdOf.bonus(id) }, 'bonus'),
  'bonus-appeal': (run) => run.decide('close-window', 'appeal-body', {}),
  payout: async (run, { facts }) =>
    facts.obligations !== undefined && run.report('obligations-closed', { settled: euros(50) }),
};

/** Where the manifest has windows nobody ends a phase before. */
const unlessBound =
  (name: 'open' | 'close' | 'end-casting' | 'end-complaints'): Act<'poll'> =>
  (run, { facts }) =>
    facts.windows ? run.untilDue() : run.decide(name, 'poll-officer', {});

const poll: Course<'poll'> = {
  'roll-freeze': (run) => run.decide('freeze-roll', 'poll-officer', {}),
  'key-ceremony': (run) => run.report('key-made', {}),
  opening: unlessBound('open'),
  voting: unlessBound('close'),
  casting: unlessBound('end-casting'),
  complaints: unlessBound('end-complaints'),
  release: (run) => run.report('key-released', {}),
  publication: (run) => run.decide('publish', 'poll-officer', {}),
  appeal: (run) => run.decide('end-appeals', 'appeal-body', {}),
};

const measurement: Course<'measurement'> = {
  collection: (run, { facts: { current } }) =>
    run.report('collection-complete', { collection: current ?? '' }, `complete ${current}`),
  closing: (run) => run.decide('close-measurement', 'assessor', { reason }),
};

const batch: Course<'batch'> = {
  approval: (run) => run.decide('approve', 'payout-approver', { batchSha256: sha('batch') }),
  release: (run) => run.decide('release', 'payout-releaser', { batchSha256: sha('batch') }),
  reconciliation: (run) => run.report('reconciled', {}),
};

/** The good course of each lifecycle, as a function of the state: it finishes from wherever it finds it. */
export const courses: { readonly [K in LifecycleKind]: Course<K> } = {
  pilot,
  round,
  project,
  poll,
  measurement,
  batch,
};

/** Follows the good course until the lifecycle reaches the stage, or its end. */
export async function follow<K extends LifecycleKind>(run: Running<K>, until?: WaitName<K>): Promise<void> {
  await run.recorded(1);
  for (;;) {
    const state = run.recordedState();
    if (isOver(run, state)) return;
    if (state.stage !== null && state.stage === until && state.wait !== null) return;
    // Where the worker still has to open the wait or to do its part, the next step is its own.
    if (state.stage !== null && state.wait !== null) await act(run, state);
    await run.recorded(state.step + 1);
  }
}

async function act<K extends LifecycleKind>(run: Running<K>, state: StateOf<K>): Promise<void> {
  const course = courses[run.kind] as Readonly<Record<string, Act<K> | undefined>>;
  await course[state.stage ?? '']?.(run, state);
}

function isOver<K extends LifecycleKind>(run: Running<K>, { phase }: StateOf<K>): boolean {
  return (terminalPhases[run.kind] as readonly string[]).includes(phase);
}
