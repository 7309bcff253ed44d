import { paymentsApi } from '@talkoot/api-contracts/payments';
import type { Role } from '@talkoot/api-contracts';
import { DomainError, sha256Of } from '@talkoot/http-service';
import type { Connection } from 'mongoose';
import type { z } from 'zod';
import type { Payments } from '../../../services/payments/src/context.ts';
import type { paymentsHandlers } from '../../../services/payments/src/app.ts';
import { ConnectionLost, Crashed, Violation } from '../world/world.ts';
import type { Process, World } from '../world/world.ts';

export type RouteName = keyof typeof paymentsApi.routes;

/** What a caller sends: who it is and what it wants, as the shell of HTTP would hand it to a handler. */
export interface Given {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly person?: { readonly id: string; readonly roles: readonly Role[] };
  /** Makes a repetition the same operation. */
  readonly key?: string;
}

/** One running process of the payments service. */
export interface Instance {
  readonly process: Process;
  readonly connection: Connection;
  readonly payments: Payments;
  readonly handlers: ReturnType<typeof paymentsHandlers>;
}

type Handle = (call: never) => Promise<{ readonly body?: unknown }>;

/** The payments service: as many instances as are up, any of which answers. Requests and answers may be lost or come twice. */
export class Service {
  readonly #world: World;
  readonly #make: (name: string) => Instance;
  readonly instances: Instance[] = [];
  readonly #worker: Process = { name: 'worker', alive: true };

  constructor(world: World, make: (name: string) => Instance) {
    this.#world = world;
    this.#make = make;
  }

  start(name: string): Instance {
    const instance = this.#make(name);
    this.instances.push(instance);
    return instance;
  }

  /** A process that has crashed is replaced by one that knows only what is in the stores. */
  restart(crashed: Process): Instance {
    const at = this.instances.findIndex(({ process }) => process === crashed);
    const instance = this.#make(crashed.name);
    this.instances[at] = instance;
    return instance;
  }

  /**
   * Asks once.
   * @throws DomainError for a refusal; ConnectionLost when nobody knows what became of it
   */
  async ask(caller: Process, route: RouteName, given: Given): Promise<unknown> {
    const world = this.#world;
    const what = `${route} ${about(given)}`;
    const instance = await world.perform(caller, `asks ${what}`, () => {
      if (world.random.chance(world.faults.loss)) throw new ConnectionLost(route);
      return world.random.pick(this.instances);
    });
    if (world.random.chance(world.faults.repeat)) {
      world.spawn(`repetition of ${route}`, async () => {
        await this.#answer(instance, route, given).catch(expectRefusal);
      });
    }
    const answer = await this.#answer(instance, route, given).catch((error: unknown) => {
      throw error instanceof Crashed ? new ConnectionLost(route) : error;
    });
    return world.perform(caller, `hears ${route}`, () => {
      if (world.random.chance(world.faults.loss)) throw new ConnectionLost(route);
      return JSON.parse(JSON.stringify(answer ?? null)) as unknown;
    });
  }

  /** Asks until an answer or a refusal is heard, always the same. */
  async askUntilHeard(caller: Process, route: RouteName, given: Given): Promise<unknown> {
    for (;;) {
      try {
        return await this.ask(caller, route, given);
      } catch (error) {
        if (!isUnknown(error)) throw error;
      }
      await this.#world.sleep(caller, this.#world.random.between(100, 60_000));
    }
  }

  /** As the worker calls an activity: until it succeeds. */
  async insist(label: string, route: RouteName, given: Given): Promise<unknown> {
    for (;;) {
      try {
        return await this.askUntilHeard(this.#worker, route, given);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        this.#world.tell(`${label} is refused: ${error.message}`);
      }
      await this.#world.sleep(this.#worker, this.#world.random.between(500, 30_000));
    }
  }

  async #answer(instance: Instance, route: RouteName, given: Given): Promise<unknown> {
    const handlers = instance.handlers as unknown as Readonly<Record<RouteName, Handle>>;
    try {
      const { body } = await handlers[route](callOf(route, given) as never);
      return body;
    } catch (error) {
      if (error instanceof DomainError || error instanceof Crashed) throw error;
      throw new Violation(`${route} failed: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
}

/** Whether the caller cannot know what became of it and may only repeat. */
export const isUnknown = (error: unknown): boolean =>
  error instanceof ConnectionLost || (error instanceof DomainError && error.code === 'outcome-unknown');

/** A refusal or a crash is no fault of a service. */
function expectRefusal(error: unknown): void {
  if (!(error instanceof DomainError)) throw error;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const parsed = (shape: z.ZodType | undefined, value: unknown) =>
  shape ? shape.parse(value ?? {}) : undefined;

/** A call as the shell of HTTP hands it to a handler: parsed, with the identity of the operation. */
export function callOf(route: RouteName, given: Given) {
  const { params = {}, query = {}, body, person, key } = given;
  const spec = paymentsApi.routes[route] as Partial<Record<'params' | 'query' | 'body', z.ZodType>>;
  const who = person
    ? { id: person.id, grants: { [String(params['municipalityId'])]: [...person.roles] } }
    : null;
  return {
    params: parsed(spec.params, params),
    query: parsed(spec.query, query),
    body: spec.body?.parse(body),
    actor: who ? { kind: 'person', ...who } : { kind: 'service', name: 'worker' },
    person: who,
    rolesHere: person?.roles ?? [],
    operationId: key === undefined ? '' : sha256Of('payments', route, who?.id ?? null, key),
    bodyHash: key === undefined ? '' : sha256Of(params, query, body ?? null),
    ifMatch: undefined,
    cookie: () => undefined,
    log: silent,
    signal: new AbortController().signal,
  };
}

function about({ params = {}, person, key }: Given): string {
  const ids = Object.values(params).map(String);
  return [...ids, ...(person ? [`by ${person.id}`] : []), ...(key ? [`key ${key}`] : [])].join(' ');
}
