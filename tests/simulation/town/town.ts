import type { Charter } from '@talkoot/api-contracts/projects';
import { testCharter } from '@talkoot/api-contracts/projects/testing';
import { outboxFor } from '@talkoot/event-bus';
import type { Outbox } from '@talkoot/event-bus';
import { prepareModels } from '@talkoot/http-service';
import { batchDecisions } from '../../../workflows/src/batch/batch.decisions.ts';
import type { Decisions } from '../../../workflows/src/lifecycle/decisions.ts';
import { paymentsHandlers } from '../../../services/payments/src/app.ts';
import type { Payments } from '../../../services/payments/src/context.ts';
import { isClosed } from '../../../services/payments/src/obligation/obligation.ts';
import { createVault } from '../../../services/payments/src/payee/vault.ts';
import { paymentsOf, prepareStores } from '../../../services/payments/src/payments.ts';
import { standardPolicy } from '../../../services/payments/src/webhook/webhook.ts';
import { Bank } from '../bank/bank.ts';
import { connectMemory } from '../database/memory.connection.ts';
import { MemoryDatabase } from '../database/memory.database.ts';
import { atOnce } from '../database/turns.ts';
import { batchEngine } from '../engine/batch.engine.ts';
import type { BatchEngine } from '../engine/batch.engine.ts';
import { booksOf } from '../invariants/books.ts';
import type { Books } from '../invariants/books.ts';
import { mischiefOf } from '../world/mischief.ts';
import type { Mischief } from '../world/mischief.ts';
import type { Connection } from 'mongoose';
import type { Process, World } from '../world/world.ts';
import { consume, relay, Topic } from './bus.ts';
import type { Consumer } from './bus.ts';
import { financeHandlers } from './finance.ts';
import { financeGroup } from './place.ts';
import { peopleAct } from './people.ts';
import { projectsRun, someProjects } from './projects.ts';
import type { Project } from './projects.ts';
import { Service } from './service.ts';
import type { Instance } from './service.ts';

/** Where a planted bug gets in: everything here is the real thing unless it is replaced. */
export interface Parts {
  readonly decisions: Decisions<'batch'>;
  readonly connection: (real: Connection) => Connection;
  readonly outbox: (real: Outbox, topic: Topic) => Outbox;
  readonly payments: (real: Payments) => Payments;
  /** Runs once everything is prepared. */
  readonly database: (database: MemoryDatabase) => void;
}

export const realParts: Parts = {
  decisions: batchDecisions,
  connection: (real) => real,
  outbox: (real) => real,
  payments: (real) => real,
  database: () => undefined,
};

/** Everything that pays in one run, with everybody who acts. */
export interface Town {
  readonly world: World;
  readonly service: Service;
  readonly engine: BatchEngine;
  readonly bank: Bank;
  readonly mischief: Mischief;
  readonly topic: Topic;
  readonly books: Books;
  readonly projects: readonly Project[];
  readonly payees: readonly string[];
  readonly contractor: string;
  /** Projects whose lifecycle was told that every share is paid or closed. */
  readonly closed: Set<string>;
  readonly ended: Set<string>;
  /** Statements that somebody has taken in. */
  readonly taken: Set<number>;
  readonly isOver: () => boolean;
  readonly onCrash: (process: Process) => void;
}

const charter: Charter = {
  ...testCharter,
  bonus: { ...testCharter.bonus, scoreThreshold: '0.2', quorum: '0.1' },
};
const nobodyListens = { call: () => Promise.reject(new Error('No endpoint is registered')) } as never;
const payeeKey = new Uint8Array(32).fill(7);

export async function foundTown(world: World, parts: Parts): Promise<Town> {
  const [database, finance] = [new MemoryDatabase(), new MemoryDatabase()];
  const topic = new Topic();
  const projects = someProjects(world.random);
  const closed = new Set<string>();
  const mischief = mischiefOf(world.random.between(0, 8));
  const consumer: Consumer = { topic, group: financeGroup, handlers: {}, offset: 0 };
  const service = new Service(world, (name) => instanceOf(name));
  const engine = batchEngine({
    world,
    decisions: parts.decisions,
    payments: service,
    onOther: (workflowId, { name }) => {
      if (name === 'obligations-closed') closed.add(workflowId.replace('project/', ''));
    },
  });
  const contractor = 'per-contractor';
  const members = projects.flatMap(({ team }) => team.members.map(({ personId }) => personId));
  const town: Town = {
    world,
    service,
    engine,
    bank: new Bank(world, mischief),
    mischief,
    topic,
    books: booksOf(database, finance),
    projects,
    payees: [...new Set(members), contractor],
    contractor,
    closed,
    ended: new Set(),
    taken: new Set(),
    isOver,
    onCrash(process) {
      if (process.name === financeGroup) startFinance();
      else startRelay(service.restart(process));
    },
  };
  await prepare(database, parts);
  for (const name of ['payments-1', 'payments-2']) startRelay(service.start(name));
  startFinance();
  projectsRun(town);
  peopleAct(town);
  return town;

  function instanceOf(name: string): Instance {
    const process = { name, alive: true };
    const connection = parts.connection(connectMemory(database, world, process));
    const payments = parts.payments(
      paymentsOf({
        connection,
        outbox: parts.outbox(outboxFor(connection, { source: '/services/payments' }), topic),
        temporal: engine.clientFor(process),
        projects: {
          bonusRulesOf: async () => ({
            rules: charter.bonus,
            charterSha256: 'c'.repeat(64),
            lockSha256: 'd'.repeat(64),
          }),
          teamOf: async (id) => projects.find(({ projectId }) => projectId === id)!.team,
          calendarOf: async () => charter,
          assessmentOf: async () => null,
          measurersAmong: async () => [],
        },
        notify: async () => undefined,
        personnelNumbers: async () => new Map(),
        coolingOff: 3_600_000,
        returnWindow: 30 * 24 * 3_600_000,
        bankFileDays: 30,
        // Nobody registers an endpoint here: finance hears by the bus.
        webhook: { caller: nobodyListens, policy: standardPolicy },
        vault: createVault(payeeKey),
        now: () => new Date(world.now),
      }),
    );
    return { process, connection, payments, handlers: paymentsHandlers(payments) };
  }

  function startRelay(instance: Instance): void {
    relay(world, instance, { topic, engine, database });
  }

  function startFinance(): void {
    const process = { name: financeGroup, alive: true };
    const connection = connectMemory(finance, world, process);
    consume(world, process, connection, Object.assign(consumer, { handlers: financeHandlers(connection) }));
  }

  function isOver(): boolean {
    const { bank, books } = town;
    return (
      town.ended.size === projects.length &&
      books.obligations().every(({ state }) => isClosed(state)) &&
      bank.isIdle &&
      bank.statements.every((_, file) => town.taken.has(file)) &&
      engine.isIdle() &&
      books.batches().every(({ state }) => ['reconciled', 'refused', 'expired'].includes(state)) &&
      books.unpublished().length === 0 &&
      consumer.offset === topic.messages.length
    );
  }
}

/** Collections and indexes, before anybody comes. */
async function prepare(database: MemoryDatabase, parts: Parts): Promise<void> {
  const connection = connectMemory(database, atOnce, { name: 'preparation', alive: true });
  const outbox = outboxFor(connection, { source: '/services/payments' });
  await prepareModels(connection);
  await prepareStores(connection);
  await outbox.prepare();
  parts.database(database);
}
