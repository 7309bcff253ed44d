import { ApiProblem, ServiceUnreachable } from '@talkoot/api-contracts';
import type { Role } from '@talkoot/api-contracts';
import { paymentsApi } from '@talkoot/api-contracts/payments';
import type { Charter } from '@talkoot/api-contracts/projects';
import { testCharter } from '@talkoot/api-contracts/projects/testing';
import { outboxFor } from '@talkoot/event-bus';
import { connectMongo, createLog, prepareModels } from '@talkoot/http-service';
import { testApp, testTokens } from '@talkoot/http-service/testing';
import type { Command, LifecycleState } from '@talkoot/workflow-contracts';
import { ApplicationFailure, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { randomBytes, randomUUID } from 'node:crypto';
import { createPaymentsApp } from './app.ts';
import type { BonusTerms, Notice, Payments, Pot, SignedAssessment, Team } from './context.ts';
import { createVault } from './payee/vault.ts';
import { paymentsOf, prepareStores } from './payments.ts';
import { webhookCaller } from './webhook/webhook.call.ts';
import type { Resolve } from './webhook/webhook.call.ts';
import { standardPolicy } from './webhook/webhook.ts';
import type { WebhookPolicy } from './webhook/webhook.ts';

export const municipalityId = 'lintula';
export const euros = (amount: number) => ({ amount, currency: 'EUR' });
export const key = () => randomUUID();

export const bonusTerms: BonusTerms = {
  rules: { ...testCharter.bonus, scoreThreshold: '0.2', quorum: '0.1' },
  charterSha256: 'c'.repeat(64),
  lockSha256: 'd'.repeat(64),
};

/** Somebody who works on a team in the pot that they share in. */
export const member = (
  personId: string,
  pot: Pot,
  more: Partial<Team['members'][number]> = {},
): Team['members'][number] => ({ personId, pot, weight: 0, minutes: 0, worksAs: pot, ...more });

/** A civil servant, a champion and two volunteers who share 4 : 3 : 3. */
export const team: Team = {
  members: [
    member('per-servant', 'civil-servants', { weight: 1 }),
    member('per-champion', 'champions', { weight: 1 }),
    member('per-volunteer-1', 'volunteers', { minutes: 120 }),
    member('per-volunteer-2', 'volunteers', { minutes: 60 }),
  ],
  pots: { 'civil-servants': 4, champions: 3, volunteers: 3 },
};

const unclaimed = { 'obligation.unclaimed': { duration: 'P1Y' } };

/** The projects service knows every pilot and project but those called strange. */
function unlessStrange<T>(id: string, answer: T): T {
  if (!id.includes('strange')) return answer;
  const problem = {
    type: 'urn:talkoot:problem:not-found',
    title: 'Not there',
    status: 404,
    code: 'not-found',
  };
  throw new ApiProblem('projects', problem);
}

/** The assessments that are signed, by project. */
export const signedAssessments = new Map<string, SignedAssessment>();

/** How webhooks are sent in a test: to this machine, and by a schedule that a test can wait for. */
interface WebhookSettings {
  readonly policy?: Partial<WebhookPolicy>;
  readonly resolve?: Resolve;
  readonly loopback?: boolean;
}

function webhookOf({ policy: settings, resolve, loopback = true }: WebhookSettings) {
  const policy = { ...standardPolicy, ...settings };
  const { deadlineMs } = policy;
  return { caller: webhookCaller({ rule: { loopback }, deadlineMs, ...(resolve && { resolve }) }), policy };
}

/** The service on a database of its own. The engine is played: it records each decision of a batch at once. */
export async function paymentsFixture(
  mongodbUrl: string,
  webhook: WebhookSettings = {},
  bonus: Partial<Charter['bonus']> = {},
) {
  const url = mongodbUrl.replace(/\/?(\?|$)/, `/payments_${randomUUID().slice(0, 8)}$1`);
  const connection = await connectMongo(url, { appName: 'payments-test' });
  const outbox = outboxFor(connection, { source: '/services/payments' });
  const notices: Notice[] = [];
  const clock = { ahead: 0 };
  const identity = { isSilent: false };
  const numbers = new Map<string, string>();
  const payeeKey = randomBytes(32);
  const teams = new Map<string, Team>();
  const terms = new Map<string, BonusTerms>();
  const measurers = new Map<string, string[]>();
  const payments: Payments = paymentsOf({
    connection,
    outbox,
    temporal: playedEngine(() => payments),
    projects: {
      bonusRulesOf: async (id) =>
        unlessStrange(id, terms.get(id) ?? { ...bonusTerms, rules: { ...bonusTerms.rules, ...bonus } }),
      teamOf: async (id) => unlessStrange(id, teams.get(id) ?? team),
      calendarOf: async (id) =>
        unlessStrange(id, { ...testCharter, calendar: { default: { duration: 'P1D' }, ...unclaimed } }),
      assessmentOf: async (_, id) => unlessStrange(id, signedAssessments.get(id) ?? null),
      measurersAmong: async ({ pilotId, projectId }, personIds) => {
        const asked = measurers.get(projectId ?? pilotId) ?? [];
        return personIds.filter((id) => asked.includes(id));
      },
    },
    vault: createVault(payeeKey),
    async notify(notice) {
      if (identity.isSilent) throw new Error('Identity does not answer');
      notices.push(notice);
    },
    async personnelNumbers(_municipalityId, personIds) {
      if (identity.isSilent) throw new ServiceUnreachable('identity does not answer');
      return new Map(personIds.flatMap((id) => (numbers.has(id) ? [[id, numbers.get(id)!] as const] : [])));
    },
    coolingOff: 72 * 3_600_000,
    returnWindow: 30 * 24 * 3_600_000,
    now: () => new Date(Date.now() + clock.ahead),
    bankFileDays: 30,
    webhook: webhookOf(webhook),
  });
  await prepareModels(connection);
  await outbox.prepare();
  await prepareStores(connection);
  const tokens = await testTokens();
  const log = createLog('payments', process.env['TEST_LOG'] ?? 'silent');
  const shell = { auth: tokens.auth, log, publicUrl: 'http://payments.test' };
  const app = await testApp(createPaymentsApp({ payments, ...shell }), paymentsApi);
  const tokenOf = (id: string, ...roles: Role[]) =>
    tokens.personToken({ id, grants: { [municipalityId]: roles } });
  const as = async (id: string, ...roles: Role[]) => app.client(await tokenOf(id, ...roles));
  return {
    connection,
    mongodbUrl: url,
    payments,
    notices,
    /** What identity answers of personnel numbers. */
    numbers,
    payeeKey,
    /** Whether identity takes no notices. */
    silence: (isSilent: boolean) => void (identity.isSilent = isSilent),
    /** Moves the clock of the service on, in milliseconds. */
    later: (by: number) => void (clock.ahead += by),
    /** What projects answers of a project, where a test says so. */
    teams,
    terms,
    /** Who measured or assessed, by project or pilot. */
    measurers,
    url: app.url,
    anyone: app.client(),
    worker: app.client(() => tokens.serviceToken('worker', 'payments')),
    as,
    tokenOf,
    clerk: await as('per-clerk', 'finance-clerk'),
    approver: await as('per-approver', 'payout-approver'),
    releaser: await as('per-releaser', 'payout-releaser'),
    authority: await as('per-authority', 'budget-authority'),
    asElsewhere: async (id: string, ...roles: Role[]) =>
      app.client(await tokens.personToken({ id, grants: { other: roles } })),
    endPhase: (batchId: string, phase: 'expired' | 'reconciled') =>
      recordMove(payments, batchId, { phase, command: null }),
    async stop() {
      await app.close();
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
export type PaymentsFixture = Awaited<ReturnType<typeof paymentsFixture>>;

const phaseAfter: Readonly<Record<string, string>> = {
  approve: 'approved',
  refuse: 'refused',
  release: 'released',
};

function playedEngine(payments: () => Payments): Client {
  const executeUpdate = (id: string) => (name: string, options: { args: [Command] }) =>
    recordMove(payments(), id.replace('batch/', ''), { phase: phaseAfter[name]!, command: options.args[0] });
  return {
    withDeadline: (_: number, work: () => Promise<unknown>) => work(),
    workflow: { getHandle: (id: string) => ({ executeUpdate: executeUpdate(id) }) },
  } as unknown as Client;
}

/** Records the next step of a batch, as the worker would. */
async function recordMove(
  payments: Payments,
  batchId: string,
  move: { readonly phase: string; readonly command: Command | null },
) {
  const params = { kind: 'batch', lifecycleId: batchId };
  const before = (await payments.record.handlers.getLifecycle({ params } as never)).body
    .state as unknown as LifecycleState;
  requireProposed(before, move.command);
  const number = before.step + 1;
  const step = {
    number,
    name: move.command?.name ?? move.phase,
    cause: move.command ? 'decision' : 'phase',
    from: before.phase,
    phase: move.phase,
    command: move.command,
    waitEffect: null,
    data: {},
    at: new Date().toISOString(),
  };
  const state = { ...before, phase: move.phase, step: number };
  await payments.record.handlers.recordStep({ params, body: { step, state } } as never);
  return { lifecycleId: batchId, phase: move.phase, step: number, awaiting: null, dueAt: null };
}

/** A lifecycle knows by which hash its batch was proposed. */
function requireProposed({ facts }: LifecycleState, command: Command | null): void {
  const { batchSha256 } = (command?.data ?? {}) as { batchSha256?: string };
  if (batchSha256 === undefined || batchSha256 === (facts as { batchSha256?: string }).batchSha256) return;
  const refused = ApplicationFailure.nonRetryable('refused', 'hash-mismatch');
  throw new WorkflowUpdateFailedError('refused', refused);
}

/** Opens the funds of a pilot: 1,000,000.00 euros, nine tenths of it for rounds. */
export const openFunds = ({ worker }: PaymentsFixture, pilotId: string, limit = 100_000_000) =>
  worker.openFunds({
    params: { pilotId },
    body: {
      municipalityId,
      limit: euros(limit),
      fiscalYear: 2027,
      shares: { round: '0.9', bonus: '0.09', outcome: '0.01' },
    },
  });

export const commit = (fixture: PaymentsFixture, pilotId: string, projectId: string, cost = 1_000_000) =>
  fixture.worker.commitProject({
    params: { projectId },
    body: { municipalityId, pilotId, roundId: 'rnd-1', cost: euros(cost), pool: euros(cost / 10) },
  });

export const vote = {
  pollId: 'pol-b-1',
  assessment: { assessmentId: 'asm-1', sha256: 'a'.repeat(64), appeal: null },
  score: '3/5',
  payable: true,
  counted: true,
  roll: 100,
  ballots: 20,
  shares: [{ percent: 100, ballots: 20 }],
};

/** A person's payment details with an account that no bank has given to anybody. */
export const testAccount = (iban = 'FI21 1234 5600 0007 85') => ({
  method: 'bank' as const,
  name: 'Aino Harju',
  iban,
});

/** Records that a payee is registered for prepayment, so that a bank pays. */
export const registered = (fixture: PaymentsFixture, payeeId: string) =>
  fixture.clerk.recordRegistration({
    params: { municipalityId, payeeId },
    body: { evidence: 'Register extract 2027-01-04', until: '2099-12-31' },
  });

/** A project with a decided bonus of 60,000 cents, split into four obligations whose payees all said how to be paid. */
export async function owedProject(fixture: PaymentsFixture, pilotId: string, projectId: string) {
  await openFunds(fixture, pilotId);
  await commit(fixture, pilotId, projectId);
  const body = { municipalityId, pilotId, ...vote };
  await fixture.worker.decideBonus({ params: { projectId }, body });
  await fixture.worker.createObligations({ params: { projectId }, body: { municipalityId, pilotId } });
  for (const { personId } of team.members.slice(1)) {
    const person = await fixture.as(personId, 'resident');
    await person.putPayeeDetails({ params: { municipalityId }, body: testAccount() });
    await registered(fixture, personId);
  }
  const query = { projectId };
  return (await fixture.clerk.listObligations({ params: { municipalityId }, query })).items;
}

export const propose = (fixture: PaymentsFixture, obligationIds: string[], idempotencyKey = key()) =>
  fixture.clerk.proposeBatch({ params: { municipalityId }, body: { obligationIds }, idempotencyKey });

/** Approves, releases and instructs a batch; returns its lines. */
export async function instruct(fixture: PaymentsFixture, batch: { batchId: string; sha256: string }) {
  const params = { municipalityId, batchId: batch.batchId };
  const body = { batchSha256: batch.sha256 };
  await fixture.approver.approveBatch({ params, body, idempotencyKey: key() });
  await fixture.releaser.releaseBatch({ params, body, idempotencyKey: key() });
  await fixture.worker.instructBatch({ params: { batchId: batch.batchId }, body });
  return (await fixture.clerk.getBatch({ params })).lines;
}

/** Cancels an obligation: one person proposes it, another one confirms it. */
export async function cancel(fixture: PaymentsFixture, obligationId: string, reason: string) {
  const params = { municipalityId, obligationId };
  const proposed = await fixture.clerk.proposeCancellation({
    params,
    body: { reason },
    idempotencyKey: key(),
  });
  const body = { proposalSha256: proposed.cancellation!.sha256 };
  return fixture.approver.confirmCancellation({ params, body, idempotencyKey: key() });
}

/** Facts told to lifecycles so far. */
export async function signals({ connection }: PaymentsFixture, lifecycle: string) {
  const rows = await connection
    .collection('outbox')
    .find({ 'command.kind': 'signal', 'command.workflowId': lifecycle })
    .toArray();
  return rows.map((row) => row['command'].signal as string);
}
