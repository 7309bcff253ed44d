import { eventOf, outboxFor, startRelay } from '@talkoot/event-bus';
import { payoutDueV1, payoutSettledV1 } from '@talkoot/event-contracts';
import { connectMongo, createLog, inTransaction } from '@talkoot/http-service';
import type { Connection } from 'mongoose';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { courseOf } from '../course.fixture.ts';
import { eur, M, projectsFixture } from '../projects.fixture.ts';
import type { Fixture } from '../projects.fixture.ts';
import { startTimeline } from './timeline.consumer.ts';
import type { Timeline } from './timeline.consumer.ts';

type PayeeRole = (typeof payoutDueV1.example.data)['payeeRole'];

let fixture: Fixture;
let course: Awaited<ReturnType<typeof courseOf>>;
let payments: Connection;
let timeline: Timeline;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  fixture = await projectsFixture(inject('mongodbUrl'));
  course = await courseOf(fixture);
  const brokers = inject('kafkaBrokers').split(',');
  const log = createLog('projects', 'silent');
  const url = inject('mongodbUrl').replace(/\/?(\?|$)/, `/payments_${randomUUID().slice(0, 8)}$1`);
  payments = await connectMongo(url, { appName: 'projects-test' });
  for (const connection of [fixture.connection, payments]) {
    const relay = startRelay({ connection, brokers, clientId: 'projects-test', log });
    stops.push(() => relay.stop());
  }
  timeline = await startTimeline({
    connection: fixture.connection,
    brokers,
    timeline: fixture.stores.timeline,
    log,
  });
});
afterAll(async () => {
  await timeline.stop();
  for (const stop of stops) await stop();
  await payments.dropDatabase();
  await payments.close();
  await fixture.stop();
});

const shown = async (params: { municipalityId: string; projectId: string }) =>
  (await fixture.visitor.listTimeline({ params, query: { limit: 200 } })).items;

const SETTLED = 'org.talkoot.payout.settled.v1';

/** What is owed and paid to somebody for a project, as payments tells it. */
async function settle(about: { projectId: string; pilotId: string }, payeeRole: PayeeRole): Promise<string> {
  const outbox = outboxFor(payments, { source: '/services/payments' });
  await outbox.prepare();
  const obligationId = `obl-${randomUUID().slice(0, 8)}`;
  const ours = { ...about, obligationId, payeeId: 'per-payee', payeeRole, amount: eur(125_57) };
  const facts = { aggregateId: obligationId, municipalityId: M.municipalityId, occurredAt: new Date() };
  const due = { ...payoutDueV1.example.data, ...ours };
  const settled = { ...payoutSettledV1.example.data, ...ours };
  await inTransaction(payments, (session) =>
    outbox.appendEvents(session, [
      eventOf({ event: payoutDueV1, ...facts, data: due }),
      eventOf({ event: payoutSettledV1, ...facts, data: settled }),
    ]),
  );
  return obligationId;
}

type Entries = Awaited<ReturnType<typeof shown>>;
const settledIn = (items: Entries) => items.filter(({ type }) => type === SETTLED);

async function settledAre(params: { municipalityId: string; projectId: string }, count: number) {
  await vi.waitFor(async () => expect(settledIn(await shown(params))).toHaveLength(count), {
    timeout: 40_000,
    interval: 200,
  });
}

describe('the timeline of a project', () => {
  it('is built from the events of all services, and again to the same', async () => {
    const { project: params, projectId, pilotId } = await course.admitted();
    await course.people.resident.postComment({ params, body: { text: 'Good.' } });
    await settle({ projectId, pilotId }, 'volunteer');
    await settle({ projectId, pilotId }, 'contractor');
    await settledAre(params, 2);
    await vi.waitFor(
      async () => {
        const seen = (await shown(params)).map(({ type }) => type);
        expect(seen).toContain('org.talkoot.project.comment-posted.v1');
        expect(seen).toContain('org.talkoot.round.phase-entered.v1');
      },
      { timeout: 40_000, interval: 200 },
    );
    const before = await shown(params);
    expect(JSON.stringify(before)).not.toContain('per-payee');
    expect(before.map(({ at }) => at)).toEqual(before.map(({ at }) => at).toSorted());
    const evaluation = await fixture.visitor.getEvaluation({ params: { ...M, pilotId } });
    expect(evaluation.payouts).toEqual([{ payeeRole: 'contractor', amount: eur(125_57) }]);

    const [entries, same] = await Promise.all([timeline.rebuild(), timeline.rebuild()]);
    expect(entries).toBeGreaterThan(0);
    expect(same).toBe(entries);
    expect(await fixture.stores.timeline.generation()).toBe(2);
    await vi.waitFor(async () => expect(await shown(params)).toEqual(before), {
      timeout: 40_000,
      interval: 200,
    });
  });

  it.each(['civil-servant', 'champion', 'volunteer'] as const)(
    'tells nobody what a %s is paid, nor by which obligation or batch',
    async (payeeRole) => {
      const { project: params, projectId, pilotId } = await course.admitted();
      const obligationId = await settle({ projectId, pilotId }, payeeRole);
      await settledAre(params, 1);
      const { batchId, attemptId } = payoutSettledV1.example.data;
      const told = [obligationId, '12557', batchId, attemptId];
      for (const reader of [fixture.visitor, course.people.resident, course.people.sponsor]) {
        const { items } = await reader.listTimeline({ params, query: { limit: 200 } });
        for (const one of told) expect(JSON.stringify(items)).not.toContain(one);
        const [entry] = settledIn(items);
        expect(entry).toEqual({
          ...{ eventId: null, source: '/services/payments', type: SETTLED, subject: null },
          ...{ at: entry!.at, data: { payeeRole } },
        });
      }
      // Nor does the place of a page that ends with it.
      let after: string | undefined;
      do {
        const query = { limit: 1, ...(after ? { after } : {}) };
        const page = await fixture.visitor.listTimeline({ params, query });
        after = page.next ?? undefined;
        expect(Buffer.from(after ?? '', 'base64url').toString()).not.toContain(obligationId);
      } while (after);
    },
  );

  it('shows what companies and investors are paid', async () => {
    const { project: params, projectId, pilotId } = await course.admitted();
    for (const role of ['contractor', 'investor'] as const) await settle({ projectId, pilotId }, role);
    await settledAre(params, 2);
    for (const { data, subject, eventId } of settledIn(await shown(params))) {
      expect(data).toMatchObject({ amount: eur(125_57), obligationId: subject });
      expect(eventId).toContain(subject);
    }
  });

  it('is for the municipality of the project', async () => {
    const { project } = await course.proposed();
    await expect(shown({ ...project, municipalityId: 'muualla' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('a running wait', () => {
  it('is changed by the capacity that one has, with a public reason', async () => {
    const { pilotId } = await course.draftedPilot();
    const params = { ...M, kind: 'pilot' as const, lifecycleId: pilotId };
    const body = { change: 'suspend' as const, reason: 'By order of the court.' };
    await course.people.authority.requestWaitChange({ params, body });
    expect(fixture.engine.commands.at(-1)?.command).toMatchObject({
      name: 'request-change',
      actor: { as: 'budget-authority' },
    });
    fixture.engine.refuseWith = 'same-person-twice';
    const confirm = course.people.authority.confirmWaitChange({ params, body: { change: 'suspend' } });
    await expect(confirm).rejects.toMatchObject({ code: 'same-person-twice' });
    await course.people.sponsor.confirmWaitChange({ params, body: { change: 'suspend' } });
    expect(await fixture.visitor.showLifecycle({ params })).toMatchObject({
      kind: 'pilot',
      phase: 'drafted',
    });
    const nowhere = fixture.visitor.showLifecycle({ params: { ...params, lifecycleId: 'pil-none' } });
    await expect(nowhere).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a text', () => {
  it('is published, unless it was written for moderators only', async () => {
    const { project: params } = await course.proposed();
    const { commentId } = await course.people.resident.postComment({ params, body: { text: 'Hm' } });
    const report = { params: { ...M, commentId }, body: { reason: 'My neighbour again.' } };
    await course.people.champion.reportComment(report);
    const texts = await fixture.connection
      .collection<{ _id: string; text: string }>('texts')
      .find()
      .toArray();
    const { _id: textId } = texts.find(({ text }) => text === 'My neighbour again.')!;
    await expect(fixture.visitor.getText({ params: { ...M, textId } })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
