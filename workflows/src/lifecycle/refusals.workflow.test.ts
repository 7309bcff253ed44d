import {
  deciders,
  lifecycleKinds,
  phases,
  refusalCodes,
  terminalPhases,
  waits,
} from '@talkoot/workflow-contracts';
import type { ActingPerson, LifecycleKind, RefusalCode, StateOf, Wait } from '@talkoot/workflow-contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agreement, permission, reason } from '../../test/courses.ts';
import { allDecisions, waitOf } from '../../test/decisions.ts';
import { startEngine } from '../../test/engine.ts';
import type { Engine, Running } from '../../test/engine.ts';
import { sha } from '../../test/town.ts';

type AnyRun = Running<LifecycleKind>;
type Given = readonly [name: string, as: ActingPerson['as'], data?: unknown, person?: string | undefined];
interface Rule {
  readonly in: readonly string[];
  readonly during?: readonly string[];
}

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(async () => {
  await engine.replayAll();
  await engine.stop();
});

/** The wait, open, and nothing due for long. */
const anyWait = (kind: LifecycleKind, stage: string, changed: Partial<Wait> = {}) =>
  waitOf(kind, stage, { remindAt: null, due: '2090-01-01T00:00:00.000Z', lapseAt: null, ...changed });

/** A lifecycle that stands where it is told, with its wait already open and nothing due for long. */
function standing(kind: LifecycleKind, at: object, wait: Partial<Wait> = {}): Promise<AnyRun> {
  const { stage } = at as { stage?: string };
  const open = stage === undefined ? {} : { wait: anyWait(kind, stage, wait) };
  return engine.start(kind, { ...open, ...at } as Partial<StateOf<LifecycleKind>>) as Promise<AnyRun>;
}

/** The one wait that runs beside another. */
const beside = 'champion-answer';

const refusal = (run: AnyRun, [name, as, data = {}, person]: Given): Promise<string> =>
  run.refusal(name as never, as, data as never, person);

/** Whether the refusals are these, and nothing came of them. */
async function expectRefused(run: AnyRun, given: readonly Given[], codes: readonly string[]): Promise<void> {
  const before = await run.state();
  expect(await Promise.all(given.map((one) => refusal(run, one)))).toEqual(codes);
  expect(await run.state()).toEqual(before);
  expect(run.steps).toHaveLength(before.step);
}

describe.each(lifecycleKinds)('%s', (kind) => {
  const rules = allDecisions[kind].commands as unknown as Readonly<Record<string, Rule>>;
  const names = Object.keys(rules);
  const decider = (name: string) =>
    (deciders[kind] as Readonly<Record<string, readonly ActingPerson['as'][]>>)[name]![0]!;
  const firstOf = (name: string) => rules[name]!.during?.[0] ?? Object.keys(waits[kind])[0]!;
  const over: readonly string[] = terminalPhases[kind];
  const whereAwaited = (name: string) =>
    firstOf(name) === beside
      ? { phase: 'delivery', stage: 'delivery', sideStage: beside, side: anyWait('project', beside) }
      : { phase: rules[name]!.in[0], stage: firstOf(name) };

  test.each(phases[kind].filter((phase) => phase !== 'new' && !over.includes(phase)))(
    'refuses in phase %s whatever belongs to another, and changes nothing',
    async (phase) => {
      const run = await standing(kind, { phase, stage: Object.keys(waits[kind])[0] });
      const wrong = names.filter((name) => !rules[name]!.in.includes(phase));
      await expectRefused(
        run,
        wrong.map((name) => [name, decider(name)]),
        wrong.map(() => 'wrong-phase'),
      );
    },
  );

  test.each(names)('refuses %s to whoever is not awaited', async (name) => {
    const run = await standing(kind, whereAwaited(name));
    await expectRefused(run, [[name, 'moderator']], ['not-awaited']);
  });

  test.each(names.filter((name) => rules[name]!.during))(
    'refuses %s while something else is awaited',
    async (name) => {
      const stage = Object.keys(waits[kind]).find((other) => !rules[name]!.during?.includes(other));
      const run = await standing(kind, { phase: rules[name]!.in[0], stage });
      await expectRefused(run, [[name, decider(name)]], ['not-awaited']);
    },
  );

  test.each(names.filter((name) => firstOf(name) !== beside))(
    'refuses %s while its wait is suspended',
    async (name) => {
      const run = await standing(kind, whereAwaited(name), { suspendedSince: '2026-01-01T00:00:00.000Z' });
      await expectRefused(run, [[name, decider(name)]], ['suspended']);
    },
  );
});

interface Case {
  readonly kind: LifecycleKind;
  readonly at: object;
  readonly wait?: Partial<Wait>;
  readonly given: readonly Given[];
}
const change = (kind: string, due?: string) => ({ change: kind, reason, ...(due ? { due } : {}) });
const signing = {
  sha256: agreement.agreementSha256,
  members: ['per-a', 'per-b'],
  signed: ['per-a'],
  milestones: ['mst-1'],
};
const delivering = {
  phase: 'delivery',
  stage: 'delivery',
  facts: { agreement: signing, accepted: { 'mst-1': { champion: 'per-a' } } },
};
const inAgreement = { phase: 'staffing', stage: 'agreement', facts: { agreement: signing } };
const requested = { requestedChange: { change: 'suspend', reason, by: 'per-sponsor' } } as const;
const seeking = {
  phase: 'permission-requested',
  stage: 'permission',
  facts: { charterSha256: permission.charterSha256, requestedBy: 'per-sponsor' },
};
const sign = (as: 'approve' | 'release', text = 'batch', person?: string): Given => [
  as,
  as === 'approve' ? 'payout-approver' : 'payout-releaser',
  { batchSha256: sha(text) },
  person,
];

const windows = {
  opens: '2089-01-01T00:00:00Z',
  certificatesClose: '2089-01-01T00:00:00Z',
  castingCloses: '2089-01-01T00:00:00Z',
  complaintsClose: '2089-01-01T00:00:00Z',
};

/** At least one way to each code; a code without any is a type error. */
const byCode: { readonly [C in RefusalCode]: readonly Case[] } = {
  'wrong-phase': [
    { kind: 'poll', at: { phase: 'open', stage: 'voting' }, given: [['publish', 'poll-officer']] },
  ],
  'not-awaited': [
    {
      kind: 'project',
      at: { phase: 'qualified', stage: 'appeal' },
      given: [['decide-appeal', 'appeal-body', { upheld: true, reason }]],
    },
    {
      kind: 'project',
      at: { phase: 'qualified', stage: 'review' },
      given: [
        ['appeal', 'champion', { reason }],
        ['close-window', 'appeal-body'],
      ],
    },
    {
      kind: 'project',
      at: { phase: 'bonus-vote', stage: 'bonus-vote', facts: { bonusPollId: 'pol-b-1' } },
      given: [['appeal', 'resident', { reason }]],
    },
    { kind: 'pilot', at: seeking, given: [['appeal', 'sponsor', { reason }]] },
    {
      kind: 'poll',
      at: { phase: 'published', stage: 'appeal-decision', facts: { appealedBy: 'per-one' } },
      given: [
        ['appeal', 'resident', { reason }],
        ['end-appeals', 'appeal-body'],
      ],
    },
    {
      kind: 'project',
      at: { phase: 'delivery', stage: 'delivery' },
      given: [['request-change', 'champion', change('suspend')]],
    },
    {
      kind: 'project',
      at: { phase: 'delivery', stage: 'delivery' },
      wait: requested,
      given: [['confirm-change', 'champion', { change: 'suspend' }]],
    },
  ],
  'same-person-twice': [
    { kind: 'pilot', at: seeking, given: [['permit', 'budget-authority', permission, 'per-sponsor']] },
    {
      kind: 'pilot',
      at: {
        phase: 'running',
        stage: 'rounds',
        facts: {
          amendment: { amendmentId: 'amd-1', charterSha256: sha('new'), by: 'per-sponsor' },
        },
      },
      given: [
        [
          'countersign-amendment',
          'budget-authority',
          { amendmentId: 'amd-1', charterSha256: sha('new') },
          'per-sponsor',
        ],
      ],
    },
    {
      kind: 'project',
      at: delivering,
      given: [['accept-milestone', 'lead', { milestoneId: 'mst-1' }, 'per-a']],
    },
    {
      kind: 'project',
      at: { phase: 'delivery', stage: 'delivery', facts: { abandonRequestedBy: 'per-lead' } },
      given: [['confirm-abandon', 'sponsor', { reason }, 'per-lead']],
    },
    {
      kind: 'project',
      at: { phase: 'delivery', stage: 'delivery' },
      wait: requested,
      given: [['confirm-change', 'appeal-body', { change: 'suspend' }, 'per-sponsor']],
    },
    {
      kind: 'poll',
      at: { phase: 'published', stage: 'appeal-decision', facts: { appealedBy: 'per-both' } },
      given: [['decide-appeal', 'appeal-body', { upheld: false, reason }, 'per-both']],
    },
    {
      kind: 'batch',
      at: { phase: 'proposed', stage: 'approval', facts: { proposedBy: 'per-clerk' } },
      given: [sign('approve', 'batch', 'per-clerk')],
    },
    {
      kind: 'batch',
      at: {
        phase: 'approved',
        stage: 'release',
        facts: { batchSha256: sha('batch'), proposedBy: 'per-clerk', approvedBy: 'per-one' },
      },
      given: [sign('release', 'batch', 'per-one'), sign('release', 'batch', 'per-clerk')],
    },
  ],
  'already-decided': [
    {
      kind: 'project',
      at: inAgreement,
      given: [['sign-agreement', 'team', { agreementSha256: signing.sha256 }, 'per-a']],
    },
    { kind: 'project', at: delivering, given: [['accept-milestone', 'champion', { milestoneId: 'mst-1' }]] },
    {
      kind: 'project',
      at: { phase: 'assessment', stage: 'objection-decision', facts: { objections: ['obj-1'] } },
      given: [['object', 'resident', { objectionId: 'obj-1', reason }]],
    },
    {
      kind: 'project',
      at: {
        phase: 'delivery',
        stage: 'delivery',
        sideStage: 'champion-answer',
        side: anyWait('project', 'champion-answer'),
      },
      given: [['ask-champion', 'sponsor', { reason }]],
    },
    {
      kind: 'pilot',
      at: { phase: 'running', stage: 'rounds', facts: { rounds: ['rnd-1'] } },
      given: [['open-round', 'sponsor', { roundId: 'rnd-1', budget: permission.limit }]],
    },
  ],
  'not-on-team': [
    {
      kind: 'project',
      at: inAgreement,
      given: [['sign-agreement', 'team', { agreementSha256: signing.sha256 }, 'per-stranger']],
    },
  ],
  'hash-mismatch': [
    {
      kind: 'pilot',
      at: seeking,
      given: [['permit', 'budget-authority', { ...permission, charterSha256: sha('another') }]],
    },
    {
      kind: 'project',
      at: inAgreement,
      given: [['sign-agreement', 'team', { agreementSha256: sha('another') }, 'per-b']],
    },
    {
      kind: 'batch',
      at: { phase: 'proposed', stage: 'approval', facts: { batchSha256: sha('batch') } },
      given: [sign('approve', 'another')],
    },
    {
      kind: 'batch',
      at: { phase: 'approved', stage: 'release', facts: { batchSha256: sha('batch') } },
      given: [sign('release', 'another')],
    },
  ],
  'too-many-members': [
    {
      kind: 'project',
      at: inAgreement,
      given: [
        [
          'propose-agreement',
          'champion',
          { ...agreement, members: Array.from({ length: 201 }, (_, one) => `per-${one}`) },
        ],
      ],
    },
  ],
  'unknown-milestone': [
    {
      kind: 'project',
      at: inAgreement,
      given: [['propose-agreement', 'lead', { ...agreement, milestones: [] }]],
    },
    { kind: 'project', at: delivering, given: [['accept-milestone', 'lead', { milestoneId: 'mst-9' }]] },
  ],
  'appeal-used': [
    {
      kind: 'pilot',
      at: { ...seeking, facts: { ...seeking.facts, appealUsed: true } },
      given: [['appeal', 'sponsor', { reason }]],
    },
    {
      kind: 'project',
      at: { phase: 'qualified', stage: 'review', facts: { appealUsed: true } },
      given: [['appeal', 'champion', { reason }]],
    },
    {
      kind: 'project',
      at: { phase: 'bonus-vote', stage: 'bonus-appeal-decision', facts: { bonusAppealUsed: true } },
      given: [['appeal', 'resident', { reason }]],
    },
  ],
  'no-change-requested': [
    {
      kind: 'poll',
      at: { phase: 'open', stage: 'voting' },
      given: [['confirm-change', 'sponsor', { change: 'extend' }]],
    },
    {
      kind: 'poll',
      at: { phase: 'open', stage: 'voting' },
      wait: requested,
      given: [['confirm-change', 'poll-officer', { change: 'extend' }]],
    },
    {
      kind: 'project',
      at: { phase: 'delivery', stage: 'delivery' },
      given: [['confirm-abandon', 'sponsor', { reason }]],
    },
    {
      kind: 'pilot',
      at: { phase: 'running', stage: 'rounds' },
      given: [
        ['countersign-amendment', 'budget-authority', { amendmentId: 'amd-1', charterSha256: sha('new') }],
      ],
    },
  ],
  'invalid-change': [
    {
      kind: 'measurement',
      at: { phase: 'closing', stage: 'closing' },
      given: [
        ['request-change', 'sponsor', change('extend')],
        ['request-change', 'sponsor', change('extend', '2089-01-01T00:00:00.000Z')],
        ['request-change', 'sponsor', change('rectify', 'tomorrow')],
        ['request-change', 'sponsor', change('resume')],
      ],
    },
    // What a manifest promises to voters is not taken back.
    ...['opening', 'voting', 'casting', 'complaints'].map((stage): Case => ({
      kind: 'poll',
      at: { phase: 'open', stage, facts: { windows } },
      given: [['request-change', 'sponsor', change('rectify', '2088-12-31T23:59:58.000Z')]],
    })),
  ],
  suspended: [
    {
      kind: 'round',
      at: { phase: 'review', stage: 'review' },
      wait: { suspendedSince: '2026-01-01T00:00:00.000Z' },
      given: [
        ['request-change', 'poll-officer', change('extend', '2091-01-01T00:00:00.000Z')],
        ['close-review', 'poll-officer'],
      ],
    },
  ],
};

test.each(refusalCodes)('the code %s is answered where it applies, and nothing changes', async (code) => {
  for (const { kind, at, wait, given } of byCode[code]) {
    const run = await standing(kind, at, wait);
    await expectRefused(
      run,
      given,
      given.map(() => code),
    );
  }
});

test('a decision is taken once: an update sent again with the same id gets the first answer', async () => {
  const run = await standing('batch', { phase: 'proposed', stage: 'approval' });
  const given = {
    decisionId: sha('first'),
    bodyHash: sha('body'),
    name: 'approve',
    actor: { id: 'per-one', as: 'payout-approver' },
    data: { batchSha256: sha('batch') },
  } as const;
  const first = await run.send(given);
  expect(await run.send(given)).toEqual(first);
  expect(run.steps.filter((name) => name === 'approve')).toHaveLength(1);
});
