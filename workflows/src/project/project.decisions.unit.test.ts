import type { StateOf } from '@talkoot/workflow-contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { command, decide, now, stateAt } from '../../test/decisions.ts';
import { takeFact } from '../lifecycle/decide.ts';
import { projectDecisions } from './project.decisions.ts';
import { MAX_TEAM } from './team.decisions.ts';

type Project = StateOf<'project'>;
const reason = { id: 'txt-1', sha256: 'a'.repeat(64) };
const sha256 = 'b'.repeat(64);
const cost = { amount: 100, currency: 'EUR' };
const at = (phase: Project['phase'], stage: Project['stage'], facts: Project['facts'] = {}) =>
  stateAt('project', { phase, stage, facts });
const told = (state: Project, name: string, data: unknown) =>
  takeFact(projectDecisions, state, { factId: name, name, data }, now)?.state ?? 'ignored';

describe('the review', () => {
  const refuse = command('refuse', 'department-manager', { reason });

  test('that refuses can be appealed once', () => {
    const refused = decide(at('qualified', 'review'), refuse) as Project;
    expect(refused).toMatchObject({ phase: 'qualified', stage: 'appeal' });
    const appealed = decide(refused, command('appeal', 'champion', { reason })) as Project;
    expect(appealed).toMatchObject({ stage: 'appeal-decision', facts: { appealUsed: true } });
    const again = decide(
      appealed,
      command('decide-appeal', 'appeal-body', { upheld: true, reason }),
    ) as Project;
    expect(again).toMatchObject({ phase: 'qualified', stage: 'review' });
    expect(decide({ ...again, seenFacts: [] }, refuse)).toMatchObject({ phase: 'refused' });
    expect(decide(again, command('appeal', 'champion', { reason }, 'per-2'))).toBe('appeal-used');
  });

  test.each(['per-department-manager', 'per-champion'])('is not judged on appeal by %s', (who) => {
    const refused = decide(at('qualified', 'review'), refuse) as Project;
    const appealed = decide(refused, command('appeal', 'champion', { reason })) as Project;
    const upheld = command('decide-appeal', 'appeal-body', { upheld: true, reason }, who);
    expect(decide(appealed, upheld)).toBe('same-person-twice');
  });

  test('stands when the appeal is dismissed or the window is closed', () => {
    const dismiss = command('decide-appeal', 'appeal-body', { upheld: false, reason });
    expect(decide(at('qualified', 'appeal-decision'), dismiss)).toMatchObject({ phase: 'refused' });
    expect(decide(at('qualified', 'appeal'), command('close-window', 'appeal-body'))).toMatchObject({
      phase: 'refused',
    });
  });

  test('has nothing to decide on appeal while it goes on', () => {
    const state = at('qualified', 'review');
    expect(decide(state, command('decide-appeal', 'appeal-body', { upheld: true, reason }))).toBe(
      'not-awaited',
    );
    expect(decide(state, command('close-window', 'appeal-body'))).toBe('not-awaited');
    expect(decide(state, command('appeal', 'champion', { reason }))).toBe('not-awaited');
  });

  test('that ends with the round lets the unreviewed lapse and the refused stay refused', () => {
    expect(told(at('qualified', 'review'), 'review-closed', {})).toMatchObject({ phase: 'lapsed' });
    expect(told(at('qualified', 'appeal'), 'review-closed', {})).toMatchObject({ phase: 'refused' });
    expect(told(at('admitted', 'ballot'), 'review-closed', {})).toBe('ignored');
  });
});

describe('a proposal', () => {
  test.each(['proposed', 'qualified', 'admitted'] as const)(
    'may be withdrawn or merged while %s',
    (phase) => {
      expect(decide(at(phase, null), command('withdraw', 'champion', { reason }))).toMatchObject({
        phase: 'withdrawn',
      });
      const merged = decide(at(phase, null), command('merge', 'champion', { into: 'prj-2' }));
      expect(merged).toMatchObject({ phase: 'merged', facts: { mergedInto: 'prj-2' } });
    },
  );

  test('below the threshold lapses when ideas close; a qualified one goes on', () => {
    expect(told(at('proposed', 'endorsement'), 'ideas-closed', {})).toMatchObject({ phase: 'lapsed' });
    expect(told(at('qualified', 'review'), 'ideas-closed', {})).toBe('ignored');
  });

  test('that is not funded ends there', () => {
    const outcome = { funded: false, votes: 1, cost, reasonCode: 'too-few-votes' };
    expect(told(at('on-ballot', 'allocation'), 'allocated', outcome)).toMatchObject({
      phase: 'not-funded',
      stage: null,
    });
  });

  test('takes the allocation even before it heard of the ballot', () => {
    const outcome = { funded: true, votes: 1, cost, reasonCode: 'fits' };
    expect(told(at('admitted', 'ballot'), 'allocated', outcome)).toMatchObject({ phase: 'funded' });
    expect(told(at('staffing', 'staffing'), 'allocated', outcome)).toBe('ignored');
  });
});

describe('the team agreement', () => {
  const agreement = { sha256, members: ['per-a', 'per-b'], signed: ['per-a'], milestones: ['mst-1'] };
  const sign = (person: string, hash = sha256) =>
    command('sign-agreement', 'team', { agreementSha256: hash }, person);
  const state = at('staffing', 'agreement', { agreement });
  const propose = (members: string[], milestones = ['mst-1']) =>
    command('propose-agreement', 'champion', { agreementSha256: sha256, members, milestones });

  test('is complete when everybody signed', () => {
    expect(decide(state, sign('per-b'))).toMatchObject({
      stage: 'baseline',
      facts: { agreement: { signed: ['per-a', 'per-b'] } },
    });
  });
  test('is refused to strangers, twice, and in another version', () => {
    expect(decide(state, sign('per-c'))).toBe('not-on-team');
    expect(decide(state, sign('per-a'))).toBe('already-decided');
    expect(decide(state, sign('per-b', 'c'.repeat(64)))).toBe('hash-mismatch');
    expect(decide(at('staffing', 'agreement'), sign('per-b'))).toBe('hash-mismatch');
  });
  test('proposed anew has to be signed anew, by each person once', () => {
    const proposed = decide(state, propose(['per-b', 'per-a', 'per-b'])) as Project;
    expect(proposed.facts.agreement).toMatchObject({ signed: [], members: ['per-b', 'per-a'] });
    expect(proposed).toMatchObject({ stage: 'agreement', wait: state.wait });
  });
  test('is refused for too many members or without a milestone', () => {
    const crowd = Array.from({ length: MAX_TEAM + 1 }, (_, one) => `per-${one}`);
    expect(decide(state, propose(crowd))).toBe('too-many-members');
    expect(decide(state, propose(['per-a'], []))).toBe('unknown-milestone');
  });
  test('waits for the agreement still when civil servants change', () => {
    const assign = command('assign', 'department-manager', {
      lead: 'per-l',
      civilServants: ['per-l'],
      hours: 8,
    });
    expect(decide(state, assign)).toMatchObject({
      stage: 'agreement',
      wait: state.wait,
      facts: { lead: 'per-l' },
    });
  });
  test('stays signed when others take over while the work is under way', () => {
    const assign = command('assign', 'department-manager', {
      lead: 'per-l',
      civilServants: ['per-l'],
      hours: 8,
    });
    const under = at('delivery', 'delivery', {
      agreement: { sha256, members: [], signed: [], milestones: [] },
    });
    expect(decide(under, assign)).toMatchObject({
      phase: 'delivery',
      stage: 'delivery',
      wait: under.wait,
      facts: { lead: 'per-l', agreement: { sha256 } },
    });
    expect(decide(at('measurement', 'measurement'), assign)).toBe('wrong-phase');
  });
});

describe('a milestone', () => {
  const agreement = { sha256, members: [], signed: [], milestones: ['mst-1'] };
  const accept = (as: 'champion' | 'lead', person: string, milestoneId = 'mst-1') =>
    command('accept-milestone', as, { milestoneId }, person);
  const half = at('delivery', 'delivery', { agreement, accepted: { 'mst-1': { champion: 'per-a' } } });

  test('needs champion and lead, and the last one ends delivery', () => {
    const first = decide(at('delivery', 'delivery', { agreement }), accept('lead', 'per-b')) as Project;
    expect(first).toMatchObject({ phase: 'delivery', facts: { accepted: { 'mst-1': { lead: 'per-b' } } } });
    expect(decide(half, accept('lead', 'per-b'))).toMatchObject({
      phase: 'measurement',
      stage: 'measurement',
    });
  });
  test('is refused twice, to one person for both sides, and when there is none', () => {
    expect(decide(half, accept('champion', 'per-b'))).toBe('already-decided');
    expect(decide(half, accept('lead', 'per-a'))).toBe('same-person-twice');
    expect(decide(half, accept('lead', 'per-b', 'mst-9'))).toBe('unknown-milestone');
  });
});

describe('abandoning', () => {
  const ask = command('request-abandon', 'lead', { reason }, 'per-a');
  const confirm = (person: string) => command('confirm-abandon', 'sponsor', { reason }, person);

  test.each(['staffing', 'delivery', 'measurement'] as const)('takes two people, while in %s', (phase) => {
    const state = at(phase, phase);
    expect(decide(state, confirm('per-b'))).toBe('no-change-requested');
    const asked = decide(state, ask) as Project;
    expect(asked).toMatchObject({ phase, stage: phase, wait: state.wait });
    expect(decide(asked, confirm('per-a'))).toBe('same-person-twice');
    const ending = decide(asked, confirm('per-b')) as Project;
    expect(ending).toMatchObject({ phase, stage: null, facts: { ending: 'abandoned' } });
    expect(decide(ending, confirm('per-c'))).toBe('already-decided');
    expect(decide(ending, { ...ask, decisionId: 'again' })).toBe('already-decided');
  });
});

describe('the assessment', () => {
  const object = (objectionId: string) => command('object', 'resident', { objectionId, reason }, objectionId);

  test('is open to objections, also while one is being decided', () => {
    const first = decide(at('assessment', 'objection'), object('obj-1')) as Project;
    expect(first).toMatchObject({ stage: 'objection-decision', facts: { objections: ['obj-1'] } });
    const waiting = { ...first, wait: at('assessment', 'objection-decision').wait };
    expect(decide(waiting, object('obj-2'))).toMatchObject({
      stage: 'objection-decision',
      wait: waiting.wait,
    });
    expect(decide({ ...waiting, seenFacts: [] }, object('obj-1'))).toBe('already-decided');
  });
  test('is made again when an objection is upheld, else goes to the vote', () => {
    const state = at('assessment', 'objection-decision');
    const by = (upheld: boolean) => command('decide-appeal', 'appeal-body', { upheld, reason });
    expect(decide(state, by(true))).toMatchObject({ phase: 'assessment', stage: 'assessment' });
    expect(decide(state, by(false))).toMatchObject({ phase: 'bonus-vote', stage: 'bonus-vote' });
  });
});

describe('the bonus decision', () => {
  test('may be appealed once', () => {
    const appeal = command('appeal', 'resident', { reason });
    expect(decide(at('bonus-vote', 'bonus-appeal'), appeal)).toMatchObject({
      stage: 'bonus-appeal-decision',
    });
    expect(decide(at('bonus-vote', 'bonus-appeal-decision', { bonusAppealUsed: true }), appeal)).toBe(
      'appeal-used',
    );
  });
  const appealed = at('bonus-vote', 'bonus-appeal-decision', {
    bonusPayable: cost,
    bonusAppealUsed: true,
    bonusAppealedBy: 'per-resident',
    assessedBy: 'per-assessor',
  });
  const decideAppeal = (upheld: boolean, person?: string) =>
    command('decide-appeal', 'appeal-body', { upheld, reason }, person);
  const sign = (person?: string) =>
    command('sign-assessment', 'assessor', { assessmentId: 'asm-2', sha256, score: '3/4' }, person);

  test('is made again on an assessment that is signed again, when the appeal is upheld', () => {
    const upheld = decide(appealed, decideAppeal(true)) as Project;
    expect(upheld).toMatchObject({
      phase: 'assessment',
      stage: 'reassessment',
      facts: { bonusPayable: null },
    });
    const signed = decide(upheld, sign()) as Project;
    expect(signed).toMatchObject({
      phase: 'bonus-vote',
      stage: null,
      facts: { assessment: { assessmentId: 'asm-2', score: '3/4' }, assessedBy: 'per-assessor' },
    });
    expect(decide(signed, command('appeal', 'resident', { reason }))).toBe('appeal-used');
  });
  test('is paid as it was, when the appeal is dismissed', () => {
    expect(decide(appealed, decideAppeal(false))).toMatchObject({
      phase: 'payout',
      facts: { bonusPayable: cost },
    });
  });
  test('gives no window to object, to appeal or to close while the assessment is made again', () => {
    const upheld = decide(appealed, decideAppeal(true)) as Project;
    const object = command('object', 'resident', { objectionId: 'obj-1', reason });
    expect(decide(upheld, object)).toBe('not-awaited');
    expect(decide(upheld, command('appeal', 'resident', { reason }))).toBe('appeal-used');
    expect(decide(upheld, command('close-window', 'appeal-body'))).toBe('not-awaited');
    expect(decide(upheld, decideAppeal(false, 'per-other'))).toBe('not-awaited');
  });
  test('never rests on an assessment by whoever objected, appealed or upheld it', () => {
    const person = fc.constantFrom('per-a', 'per-b', 'per-c', 'per-d');
    const complaints = fc.record({ objectedBy: fc.array(person, { maxLength: 3 }), bonusAppealedBy: person });
    fc.assert(
      fc.property(complaints, person, (complained, assessor) => {
        const state = { ...appealed, facts: { ...appealed.facts, ...complained } };
        const upheld = decide(state, decideAppeal(true, 'per-judge')) as Project;
        const hasTakenSides = [...complained.objectedBy, complained.bonusAppealedBy].includes(assessor);
        const signed = decide(upheld, sign(assessor));
        expect(signed === 'same-person-twice').toBe(hasTakenSides);
        expect(decide(upheld, sign('per-judge'))).toBe('same-person-twice');
      }),
    );
  });
});

describe('a published poll', () => {
  test('counts only for the vote it belongs to', () => {
    expect(told(at('criteria-vote', 'criteria-vote'), 'poll-decided', { pollId: 'pol-c-1' })).toMatchObject({
      stage: null,
    });
    expect(told(at('funded', null), 'poll-decided', { pollId: 'pol-c-1' })).toMatchObject({
      phase: 'funded',
      facts: { criteriaDecided: true },
    });
    expect(told(at('criteria-vote', 'criteria-vote'), 'poll-decided', { pollId: 'pol-b-1' })).toBe('ignored');
    expect(told(at('bonus-vote', 'bonus-vote'), 'poll-decided', { pollId: 'pol-b-1' })).toMatchObject({
      stage: null,
    });
    expect(told(at('bonus-vote', 'bonus-appeal'), 'poll-decided', { pollId: 'pol-b-1' })).toBe('ignored');
  });
});

describe('the champion', () => {
  test('is asked once at a time, and the answer ends the question only', () => {
    const ask = command('ask-champion', 'sponsor', { reason });
    const asked = decide(at('delivery', 'delivery'), ask) as Project;
    expect(asked).toMatchObject({ stage: 'delivery', sideStage: 'champion-answer' });
    expect(decide({ ...asked, seenFacts: [] }, ask)).toBe('already-decided');
    expect(decide(asked, command('answer-as-champion', 'champion'))).toMatchObject({
      sideStage: null,
      stage: 'delivery',
    });
    expect(decide(at('delivery', 'delivery'), command('answer-as-champion', 'champion'))).toBe('not-awaited');
    const paying = { ...asked, phase: 'payout', stage: 'payout' } as const;
    expect(decide(paying, command('answer-as-champion', 'champion'))).toMatchObject({ sideStage: null });
  });
});

describe('a complaint', () => {
  const upheldBy = (person: string) =>
    command('decide-appeal', 'appeal-body', { upheld: true, reason }, person);

  test.each(['per-assessor', 'per-first', 'per-second'])('of an assessment is not decided by %s', (who) => {
    const signing = command('sign-assessment', 'assessor', { assessmentId: 'asm-1', sha256, score: '1/2' });
    const object = (person: string) =>
      command('object', 'resident', { objectionId: `obj-${person}`, reason }, person);
    const signed = decide(at('assessment', 'assessment'), signing) as Project;
    const first = decide(signed, object('per-first')) as Project;
    const second = decide(first, object('per-second')) as Project;
    expect(decide(second, upheldBy(who))).toBe('same-person-twice');
    const again = decide(second, upheldBy('per-judge')) as Project;
    expect(again).toMatchObject({ stage: 'assessment' });
    const signedBy = (person: string) =>
      decide(again, { ...signing, decisionId: person, actor: { id: person, as: 'assessor' } });
    expect(signedBy('per-second')).toBe('same-person-twice');
    expect(signedBy('per-assessor')).toMatchObject({ stage: 'objection' });
    expect(signedBy('per-newly-appointed')).toMatchObject({ stage: 'objection' });
  });

  test.each([
    ['assessment', 'reassessment'],
    ['payout', 'payout'],
  ] as const)('of a bonus is made once: in %s it is told so, and of no other project', (phase, stage) => {
    const appeal = command('appeal', 'resident', { reason }, 'per-second');
    expect(decide(at(phase, stage, { bonusAppealUsed: true }), appeal)).toBe('appeal-used');
    expect(decide(at(phase, stage), appeal)).toBe('wrong-phase');
  });

  test.each(['per-resident', 'per-assessor'])('of a bonus is not decided by %s', (who) => {
    const appeal = command('appeal', 'resident', { reason });
    const decided = at('bonus-vote', 'bonus-appeal', { assessedBy: 'per-assessor' });
    const appealed = decide(decided, appeal) as Project;
    expect(decide(appealed, upheldBy(who))).toBe('same-person-twice');
  });
});
