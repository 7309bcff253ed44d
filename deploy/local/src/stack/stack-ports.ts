import { NotAPort } from './stack.errors.ts';
import { freePort, isFree, requireFree } from '../supervisor/ports.ts';
import type { DataDirectory } from './data-directory.ts';
import { readJson, writeJson } from './json-file.ts';
import { portNames, type PortName, type Ports } from './process-names.ts';

const preferred: Ports = {
  mongod: 27_117,
  kafka: 27_192,
  'kafka-controller': 27_193,
  temporal: 27_233,
  'temporal-ui': 28_233,
  'identity-provider': 28_080,
  identity: 28_081,
  ballots: 28_082,
  projects: 28_083,
  payments: 28_084,
  worker: 28_085,
  'auditor-identity-provider': 28_090,
  auditor: 28_091,
  witness: 28_092,
};

/**
 * The ports of a data directory: those it had before, since MongoDB and Kafka store their own address.
 * The usual directory gets the preferred ports at first, or free ones where a preferred one is held; any other
 * directory gets free ones, so that several stacks can run side by side.
 * `TALKOOT_PORT_<NAME>`, such as `TALKOOT_PORT_TEMPORAL_UI`, insists on one.
 * @throws PortHeld when one that is insisted on is held; NotAPort when it is no number of a port
 */
export async function portsOf({ ports: file, usual }: DataDirectory): Promise<Ports> {
  const before = (readJson(file) ?? {}) as Partial<Ports>;
  const ports: Partial<Record<PortName, number>> = {};
  for (const name of portNames) ports[name] = insisted(name) ?? before[name] ?? (await choose(name, usual));
  for (const name of portNames) if (insisted(name) !== undefined) await requireFree(ports[name] ?? 0, name);
  writeJson(file, ports);
  return ports as Ports;
}

function insisted(name: PortName): number | undefined {
  const variable = `TALKOOT_PORT_${name.toUpperCase().replaceAll('-', '_')}`;
  const value = process.env[variable];
  if (!value) return undefined;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new NotAPort(variable, value);
  return port;
}

async function choose(name: PortName, usual: boolean): Promise<number> {
  return usual && (await isFree(preferred[name])) ? preferred[name] : freePort();
}
