import { ApiProblem } from '@talkoot/api-contracts';
import type { Money } from '@talkoot/api-contracts';
import type { IssuerName } from '@talkoot/api-contracts/identity';
import { clockToleranceMs } from '@talkoot/api-contracts/ballots';
import type { KeyCeremony, PollOutcome } from '@talkoot/api-contracts/ballots';
import type { Assessed, Charter } from '@talkoot/api-contracts/projects';
import { testCharter } from '@talkoot/api-contracts/projects/testing';
import { pollCourse, pollMoments } from '@talkoot/workflow-contracts';
import type { LifecycleState, Phase, RecordedStep, StateOf } from '@talkoot/workflow-contracts';
import { EventEmitter, once } from 'node:events';
import type { Clients } from '../src/activities/clients.ts';
import { manifestOf, textOf } from './manifest.ts';

export const euros = (amount: number): Money => ({ amount: amount * 100, currency: 'EUR' });
export const sha = (text: string): string => Buffer.from(text.padEnd(32, '.')).toString('hex').slice(0, 64);

/** The rules of the test town. Waits of five days, reminded two days before, rungs of seven days. */
export const charter: Charter = {
  ...testCharter,
  holidays: ['2027-12-06', '2027-12-24'],
  endOfDay: '23:59',
  endsBy: 'calendar',
  calendar: { default: { duration: 'P5D', remindBefore: 'P2D', escalateAfter: 'P7D' } },
};

interface Record {
  readonly step: RecordedStep;
  readonly state: LifecycleState;
}

interface Decided {
  readonly decisionId: string;
  readonly assessmentId: string;
  readonly payable: Money;
  readonly supersedes: string | null;
}

/** A refusal as a service answers it. */
export function problem(status: number, code: string): ApiProblem {
  return new ApiProblem('town', { type: `urn:talkoot:problem:${code}`, title: code, status, code });
}

/**
 * The services as the worker sees them, in memory: the public record with its rules, and fixed answers. Every call is
 * written down, once however often it is repeated.
 */
export class Town {
  readonly records = new Map<string, Record[]>();
  readonly calls: string[] = [];
  readonly notices: { noticeId: string; to: unknown; template: string; wait: string | null }[] = [];
  readonly #told = new EventEmitter().setMaxListeners(1000);
  charter: Charter = charter;
  admitted: { projectId: string; cost: Money }[] = [{ projectId: 'prj-1', cost: euros(1_000) }];
  missingBaselines: string[] = [];
  obligations = 3;
  /** What comes of a poll, and whether enough are on its roll and vote. */
  outcome: PollOutcome = 'counted';
  enough = { roll: true, ballots: true };
  /** Manifests, as they stay once they are published. */
  readonly manifests = new Map<string, string>();
  collections = [
    { name: 'first', after: 'P1M' },
    { name: 'second', after: 'P6M' },
    { name: 'third', after: 'P1Y' },
  ];
  /** Answers of services that are down or refuse, by route; taken once each. */
  readonly troubles = new Map<string, Error[]>();
  /** Runs inside the call, before it answers: for what happens meanwhile. */
  readonly meanwhile = new Map<string, () => Promise<void>>();

  /** Bonus decisions by project, oldest first. */
  readonly bonuses = new Map<string, Decided[]>();

  /** The assessment that is signed, as far as the lifecycle was recorded. */
  assessmentOf(projectId: string) {
    const facts = this.of(projectId).at(-1)?.state.facts as StateOf<'project'>['facts'] | undefined;
    const { assessmentId, sha256, score } = facts?.assessment ?? {
      assessmentId: 'ass-1',
      sha256: sha('ass-1'),
      score: '1/2',
    };
    const appeal = facts?.bonusAppealUpheldBy ? { id: 'txt-upheld', sha256: sha('upheld') } : null;
    return { assessmentId, sha256, appeal, score };
  }

  /** A euro for each hundredth of the score; decided again only on what an appeal had corrected, as payments requires it. */
  decideBonus(projectId: string, score: string, { assessmentId, appeal }: Assessed) {
    const made = this.bonuses.get(projectId) ?? [];
    const answer = ({ decisionId, supersedes, payable }: Decided) => ({
      ...{ decisionId, supersedes, payable },
      ...{ pool: euros(100), computation: [] },
    });
    const same = made.find((one) => one.assessmentId === assessmentId);
    if (same) return answer(same);
    if (made.length > 0 && appeal === null) throw problem(409, 'bonus-decided');
    const [numerator, denominator] = score.split('/').map(Number) as [number, number];
    const payable = euros((100 * numerator) / denominator);
    const decisionId = `bon-${made.length + 1}`;
    const decided = { decisionId, assessmentId, payable, supersedes: made.at(-1)?.decisionId ?? null };
    this.bonuses.set(projectId, [...made, decided]);
    return answer(decided);
  }

  of(id: string): Record[] {
    return this.records.get(id) ?? [];
  }

  steps(id: string): string[] {
    return this.of(id).map(({ step }) => step.name);
  }

  /** Resolves once so many steps of the lifecycle are recorded. */
  async recorded(id: string, count: number): Promise<void> {
    while (this.of(id).length < count) await once(this.#told, 'recorded');
  }

  /** Resolves once a step of this name is recorded (again, beyond so many steps). */
  async reached(id: string, name: string, beyond = 0): Promise<Record> {
    for (;;) {
      const found = this.of(id).find(({ step }) => step.name === name && step.number > beyond);
      if (found) return found;
      await once(this.#told, 'recorded');
    }
  }

  async call(route: string, about: string): Promise<void> {
    await this.meanwhile.get(route)?.();
    const trouble = this.troubles.get(route)?.shift();
    if (trouble) throw trouble;
    const call = `${route} ${about}`.trim();
    if (!this.calls.includes(call)) this.calls.push(call);
  }

  async record(state: LifecycleState, step: RecordedStep): Promise<{ recorded: boolean }> {
    await this.meanwhile.get('recordStep')?.();
    const trouble = this.troubles.get('recordStep')?.shift();
    if (trouble) throw trouble;
    const known = this.of(state.id);
    if (known.length >= step.number) return { recorded: false };
    if (known.length !== step.number - 1) throw problem(409, 'step-out-of-order');
    if (state.kind === 'poll') requireOnCourse(step, state as StateOf<'poll'>);
    this.records.set(state.id, [...known, { state, step }]);
    this.#told.emit('recorded');
    return { recorded: true };
  }
}

/** As ballots requires it. */
function requireOnCourse({ from, phase, at }: RecordedStep, { facts: { windows } }: StateOf<'poll'>): void {
  if (from === phase) return;
  const followers: readonly string[] = pollCourse[from as Phase<'poll'>];
  if (!followers.includes(phase)) throw problem(409, 'step-off-course');
  const moment = pollMoments[phase as Phase<'poll'>];
  if (!moment || !windows) return;
  if (Date.parse(at) + clockToleranceMs < Date.parse(windows[moment])) throw problem(409, 'windows-bind');
}

/** Clients whose calls go to whatever town is current. */
export function clientsOf(current: () => Town): Clients {
  const done = { done: true } as const;
  const recordStep = async ({ body }: { body: unknown }) => {
    const { state, step } = body as { state: LifecycleState; step: RecordedStep };
    return current().record(state, step);
  };
  const act = (route: string, about: string) => current().call(route, about);
  const result = (pollId: string) => ({
    pollId,
    kind: 'bonus' as const,
    outcome: current().outcome,
    roll: 100,
    ballots: 60,
    blank: 0,
    rejected: 0,
    options: [{ optionId: 'crt-1', yes: 40, no: 20 }],
    shares: [{ percent: 50, ballots: 60 }],
    allocation: {
      rule: 'greedy',
      cost: euros(1_000),
      selected: ['prj-1'],
      explanations: current().admitted.map((project) => ({
        ...project,
        votes: 40,
        funded: project.projectId === 'prj-1',
        reasonCode: 'fits',
        explanation: 'It fits.',
      })),
    },
    sha256: sha(pollId),
  });
  const issuing = (of: string) => ({
    sealLotSeed: async ({ params: { pollId }, body: { pollKey } }: SeedSealing) => {
      const { lot, key } = manifestOf(pollId);
      await act(`sealLotSeed of ${of}`, `${pollId} ${pollKey === key.commitments[0]}`);
      return lot[of === 'auditor' ? 1 : 0];
    },
    openIssuance: async ({ params: { pollId }, body: { manifest } }: IssuanceOpening) => {
      await act(`openIssuance of ${of}`, `${pollId} ${manifest.length > 0}`);
      return { pollId };
    },
    closeIssuance: async ({ params: { pollId } }: { params: { pollId: string } }) => {
      await act(`closeIssuance of ${of}`, pollId);
      return { pollId, issued: 70, desks: [] };
    },
  });
  const published = (pollId: string) => current().manifests.get(pollId)!;
  return {
    identity: {
      ...issuing('municipality'),
      freezeRoll: async ({ params: { pollId }, body }) => {
        const excluded = body.excluded ?? [];
        await act('freezeRoll', `${pollId} without ${excluded.join(',') || 'nobody'}`);
        const excludedReferences = excluded.map((personId) => `ref-${personId}`);
        return { ...rollOf('municipality', pollId, excluded.length), excludedReferences };
      },
      notify: async ({ params: { noticeId }, body: { to, template, wait } }) => {
        await act('notify', noticeId);
        const { notices } = current();
        if (!notices.some((known) => known.noticeId === noticeId))
          notices.push({ noticeId, to, template, wait });
        return { noticeId };
      },
    },
    auditor: {
      ...issuing('auditor'),
      freezeRoll: async ({ params: { pollId }, body }) => {
        const excludedReferences = body.excludedReferences ?? [];
        await act('freezeRoll of auditor', `${pollId} without ${excludedReferences.join(',') || 'nobody'}`);
        return { ...rollOf('auditor', pollId, excludedReferences.length), excludedReferences };
      },
    },
    ballots: {
      recordStep,
      preparePoll: async ({ params: { pollId }, body: { options, allocation, protocol } }) => {
        const rule = allocation === null ? [] : [allocation.rule];
        const about = [pollId, options.map(({ optionId }) => optionId).join(','), ...rule];
        await act('preparePoll', [...about, `${protocol.trustees.length} trustees`].join(' '));
        return { pollId };
      },
      recordRolls: async ({ body: { issuers } }) => {
        await act('recordRolls', issuers.map(({ name, roll }) => `${name}=${roll}`).join(','));
        return { roll: issuers[0]!.roll, enough: current().enough.roll };
      },
      publishManifest: async ({ params: { pollId }, body: { windows } }) => {
        const { manifests } = current();
        if (!manifests.has(pollId)) manifests.set(pollId, textOf(manifestOf(pollId, { windows })));
        await act('publishManifest', `${pollId} ${windows === null ? 'for acts' : 'with windows'}`);
        return { manifest: published(pollId), manifestSha256: sha(`manifest ${pollId}`) };
      },
      getKeyCeremony: async ({ params: { pollId } }) => ({ key: manifestOf(pollId).key }) as KeyCeremony,
      getManifest: async ({ params: { pollId } }) => published(pollId),
      recordDesks: async ({ params: { pollId }, body: { issuers } }) => {
        await act('recordDesks', `${pollId} ${issuers.map(({ name }) => name).join(',')}`);
        return { pollId };
      },
      closeBoard: async ({ params: { pollId } }) => {
        await act('closeBoard', pollId);
        return { leaves: 61 };
      },
      settleComplaints: async ({ params: { pollId } }) => {
        await act('settleComplaints', pollId);
        return { ballots: 60, enough: current().enough.ballots };
      },
      tallyPoll: async ({ params: { pollId }, body: { outcome } }) => {
        await act('tallyPoll', `${pollId} ${outcome}`);
        return result(pollId);
      },
      publishPollFiles: async ({ params: { pollId } }) => {
        await act('publishPollFiles', pollId);
        return { files: [{ name: 'manifest.json', sha256: sha('manifest'), bytes: 9 }] };
      },
      getResult: async ({ params: { pollId } }) => result(pollId),
    },
    payments: {
      recordStep,
      openFunds: async ({ params: { pilotId }, body: { limit } }) => {
        await act('openFunds', `${pilotId} ${limit.amount}`);
        return { round: limit, bonus: limit, outcome: limit };
      },
      getFunds: async () => ({ round: euros(9_000), bonus: euros(500), outcome: euros(100) }),
      commitProject: async ({ params: { projectId }, body: { cost, pool } }) => {
        await act('commitProject', `${projectId} ${cost.amount} ${pool.amount}`);
        return { committed: cost, reserved: pool };
      },
      listInterested: async () => ({ personIds: ['per-contractor'] }),
      releaseProject: async ({ params: { projectId }, body: { what } }) => {
        await act('releaseProject', `${projectId} ${what}`);
        return done;
      },
      decideBonus: async ({ params: { projectId }, body: { score, counted, assessment } }) => {
        await act('decideBonus', `${projectId} ${score}${counted ? '' : ' uncounted'}`);
        return current().decideBonus(projectId, score, assessment);
      },
      createObligations: async ({ params: { projectId } }) => {
        await act('createObligations', projectId);
        const { obligations } = current();
        const total = obligations === 0 ? euros(0) : current().bonuses.get(projectId)?.at(-1)?.payable;
        return { obligations, total: total ?? euros(50) };
      },
      instructBatch: async ({ params: { batchId }, body: { batchSha256 } }) => {
        await act('instructBatch', `${batchId} ${batchSha256}`);
        return { attempts: 3 };
      },
    },
    projects: {
      recordStep,
      getCharter: async () => {
        await act('getCharter', '');
        return { charter: current().charter, sha256: sha('charter') };
      },
      getRoundPlan: async ({ params: { roundId } }) => ({
        roundId,
        pilotId: 'pil-1',
        municipalityId: 'lintula',
        budget: euros(10_000),
      }),
      // Pages of one, so that paging is exercised.
      listAdmitted: async ({ query }) => {
        const at = Number(query?.after ?? 0);
        const { admitted } = current();
        return {
          items: admitted.slice(at, at + 1),
          next: at + 1 < admitted.length ? String(at + 1) : null,
        };
      },
      closeIdeas: async ({ params: { roundId } }) => (await act('closeIdeas', roundId), done),
      closeReview: async ({ params: { roundId } }) => (await act('closeReview', roundId), done),
      putOnBallot: async ({ params: { roundId }, body: { pollId } }) => (
        await act('putOnBallot', `${roundId} ${pollId}`),
        done
      ),
      recordAllocation: async ({ params: { roundId }, body: { outcome } }) => {
        const told = outcome.map(
          ({ projectId, funded, reasonCode }) => `${projectId}=${funded}:${reasonCode}`,
        );
        await act('recordAllocation', `${roundId} ${told.join(',')}`);
        return done;
      },
      getTeam: async () => ({
        members: [
          { personId: 'per-champion', pot: 'champions', worksAs: 'champions', weight: 1, minutes: 0 },
          {
            ...{ personId: 'per-lead', pot: 'civil-servants', worksAs: 'civil-servants' },
            ...{ weight: 1, minutes: 0 },
          },
        ],
        pots: { 'civil-servants': 1, champions: 1, volunteers: 1 },
      }),
      listCriteria: async () => ({ criteria: [{ criterionId: 'crt-1' }, { criterionId: 'crt-2' }] }),
      lockCriteria: async ({ params: { projectId }, body: { counted } }) => {
        await act('lockCriteria', `${projectId}${counted ? '' : ' uncounted'}`);
        return { sha256: sha('lock'), accepted: 1 };
      },
      checkBaselines: async ({ params: { projectId } }) => {
        await act('checkBaselines', projectId);
        return { missing: current().missingBaselines };
      },
      startMeasurement: async ({ params: { projectId } }) => {
        await act('startMeasurement', projectId);
        return { measurementId: `mea-${projectId}` };
      },
      completeMeasurement: async ({ params: { measurementId } }) => (
        await act('completeMeasurement', measurementId),
        done
      ),
      getMeasurementPlan: async () => ({ collections: current().collections }),
      getBonusQuestion: async () => ({
        assessmentId: 'ass-1',
        sideEffects: [{ sideEffectId: 'sid-1' }],
      }),
      decideFinalScore: async ({ params: { projectId } }) => {
        await act('decideFinalScore', projectId);
        const { score, ...assessment } = current().assessmentOf(projectId);
        return { score, computation: [], payable: true, assessment };
      },
      roundAllocated: async ({ params: { roundId } }) => (await act('roundAllocated', roundId), done),
    },
  };
}

interface SeedSealing {
  readonly params: { readonly pollId: string };
  readonly body: { readonly pollKey: string };
}
interface IssuanceOpening {
  readonly params: { readonly pollId: string };
  readonly body: { readonly manifest: string };
}

function rollOf(name: IssuerName, pollId: string, excluded: number) {
  const hashes = { rollHash: sha(`${name} roll`), logKey: sha(`${name} log`) };
  return { pollId, name, organisation: name, modulus: sha(name).repeat(8), roll: 100, excluded, ...hashes };
}
