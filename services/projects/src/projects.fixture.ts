import type { CallInput, Client, Role } from '@talkoot/api-contracts';
import type { IdentityApi } from '@talkoot/api-contracts/identity';
import { projectsApi } from '@talkoot/api-contracts/projects';
import { testCharter } from '@talkoot/api-contracts/projects/testing';
import type { CriterionInput, ProjectsApi } from '@talkoot/api-contracts/projects';
import { outboxFor } from '@talkoot/event-bus';
import { connectMongo, createLog, prepareModels } from '@talkoot/http-service';
import { grantsIn, testApp, testTokens } from '@talkoot/http-service/testing';
import { randomUUID } from 'node:crypto';
import { createProjectsApp } from './app.ts';
import { Drafting } from './assessment/drafting.ts';
import { prepareCollections } from './database/collection.ts';
import { FixtureEngine } from './engine.fixture.ts';
import type { Neighbours } from './parts.ts';
import { storesOf } from './stores.ts';
import { OWN_SOURCE } from './timeline/timeline.consumer.ts';

export const M = { municipalityId: 'lintula' };
export const eur = (amount: number) => ({ amount, currency: 'EUR' });

export const charter = testCharter;

export const cyclists: CriterionInput = {
  metric: 'Cyclists counted on a weekday',
  unit: 'cyclists',
  direction: 'increase',
  baseline: { value: '240', observedAt: '2026-05-01T09:00:00.000Z' },
  goal: '320',
  failureBound: '200',
  comparator: 'before-after',
  source: 'Counting loop',
};

export const proposal = (criteria: CriterionInput[] = [cyclists]) => ({
  title: 'Bicycle racks',
  description: 'Roofed racks at the station.',
  place: 'Station',
  cost: eur(38_000_00),
  pledge: { duties: 'Leads the volunteers.', hoursPerMonth: 8, successor: 'per-successor' },
  criteria,
});

/** The typed client with a fresh Idempotency-Key for each call that names none. */
type Person = Client<ProjectsApi>;
function withKeys(client: Person): Person {
  const named = Object.keys(projectsApi.routes).map((name) => {
    const call = (client as unknown as Record<string, (input: object) => unknown>)[name]!;
    return [name, (input: object) => call({ idempotencyKey: randomUUID(), ...input })];
  });
  return { ...client, ...Object.fromEntries(named) } as Person;
}

export type Fixture = Awaited<ReturnType<typeof projectsFixture>>;

/** The service on a database of its own, its neighbours answered for, its lifecycles moved by the test. */
export async function projectsFixture(mongodbUrl: string) {
  const url = mongodbUrl.replace(/\/?(\?|$)/, `/projects_${randomUUID().slice(0, 8)}$1`);
  const connection = await connectMongo(url, { appName: 'projects-test' });
  const outbox = outboxFor(connection, { source: OWN_SOURCE });
  const stores = storesOf(connection);
  const drafting = new Drafting();
  const tokens = await testTokens();
  const engine = new FixtureEngine();
  const world = {
    electorate: 40,
    ineligible: new Set<string>(),
    strangers: new Set<string>(),
    fund: eur(100_000_00),
    personnel: new Map<string, string>(),
    interested: new Map<string, string[]>(),
    whileAsked: async () => {},
    notices: [] as Notice[],
    isSilent: false,
  };
  const neighbours = neighboursIn(world);
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead);
  const { app, record } = createProjectsApp({
    connection,
    outbox,
    temporal: engine.client,
    stores,
    drafting,
    neighbours,
    rebuildTimeline: async () => stores.timeline.count(),
    now,
    auth: tokens.auth,
    log: createLog('projects', 'silent'),
  });
  engine.record = record;
  await outbox.prepare();
  await prepareModels(connection);
  await prepareCollections(connection);
  const served = await testApp(app, projectsApi);
  // Signed anew for each call: a service's token lives for less than a minute, which a slow machine's tests outlast.
  const worker = withKeys(served.client(() => tokens.serviceToken('worker', 'projects')));

  return {
    connection,
    stores,
    drafting,
    neighbours,
    engine,
    world,
    url: served.url,
    now,
    /** Milliseconds by which the service's clock is ahead. */
    ahead: () => ahead,
    /** So many days go by. */
    pass(days: number) {
      ahead += days * 86_400_000;
    },
    passSeconds(seconds: number) {
      ahead += seconds * 1_000;
    },
    worker,
    visitor: served.client(),
    person: async (id: string, ...roles: Role[]) =>
      withKeys(served.client(await tokens.personToken({ id, grants: grantsIn(M.municipalityId, ...roles) }))),
    elsewhere: async (id: string, ...roles: Role[]) =>
      withKeys(served.client(await tokens.personToken({ id, grants: grantsIn('muualla', ...roles) }))),
    tokens,
    /** Events in the outbox, oldest first. */
    events: async (type: string) =>
      (await connection.collection('outbox').find({ channel: 'event' }).sort({ at: 1 }).toArray())
        .map((row) => row['envelope'] as { type: string; subject: string; data: Record<string, unknown> })
        .filter((event) => event.type === type),
    /** Signals in the outbox. */
    facts: async (signal: string) =>
      (await connection.collection('outbox').find({ channel: 'workflow' }).toArray())
        .map((row) => row['command'] as { kind: string; workflowId: string; signal: string })
        .filter((command) => command.signal === signal),
    async stop() {
      await served.close();
      await drafting.close();
      await connection.dropDatabase();
      await connection.close();
    },
  };
}

interface World {
  electorate: number;
  ineligible: Set<string>;
  /** People who are no civil servants. */
  strangers: Set<string>;
  fund: { amount: number; currency: string };
  personnel: Map<string, string>;
  /** Contractors and investors by project. */
  interested: Map<string, string[]>;
  /** What happens while payments is asked who is interested. */
  whileAsked: () => Promise<void>;
  notices: Notice[];
  /** Identity takes no notices. */
  isSilent: boolean;
}
type Notice = CallInput<IdentityApi['routes']['notify']>;

function neighboursIn(world: World): Neighbours {
  return {
    identity: {
      async notify(notice) {
        if (world.isSilent) throw new Error('Identity does not answer');
        world.notices.push(notice);
        return { noticeId: notice.params.noticeId };
      },
      getElectorate: async () => ({ eligible: world.electorate }),
      findPersonnelNumbers: async ({ body: { personIds } }) => ({
        items: personIds
          .filter((personId) => world.personnel.has(personId))
          .map((personId) => ({ personId, personnelNumber: world.personnel.get(personId)! })),
      }),
      checkPerson: async ({ params: { personId } }) => ({
        personId,
        roles: world.strangers.has(personId) ? [] : ['civil-servant'],
        eligible: !world.ineligible.has(personId),
      }),
    },
    payments: {
      listInterested: async ({ params: { projectId } }) => {
        await world.whileAsked();
        return { personIds: world.interested.get(projectId) ?? [] };
      },
      getFunds: async () => ({ round: world.fund, bonus: eur(15_000_00), outcome: eur(5_000_00) }),
    },
    ballots: {
      getResult: async () => {
        throw new Error('There are no ballots in this test');
      },
    },
  };
}
