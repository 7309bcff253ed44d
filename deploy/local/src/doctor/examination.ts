import { findJava, onPath, versionOf } from '../provision/executables.ts';
import { servers, type Server } from '../provision/pins.ts';
import { ServerUnavailable } from '../provision/provision.errors.ts';
import { locate } from '../provision/provision.ts';
import { findPython } from '../provision/wheel.ts';
import type { Findings, Tool } from './diagnosis.ts';

/** Looks at this machine. Downloads nothing. */
export async function examine(): Promise<Findings> {
  const [java, maven, python, pip, found] = await Promise.all([
    findJava(),
    tool(onPath('mvn'), '--version'),
    tool(findPython(), '--version'),
    tool(findPython(), '-m', 'pip', '--version'),
    findServers(),
  ]);
  return {
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    ...found,
    ...(java && { java: { path: java.command, version: java.version } }),
    ...(maven && { maven }),
    ...(python && { python }),
    ...(pip && { pip }),
  };
}

async function tool(path: string | undefined, ...args: string[]): Promise<Tool | undefined> {
  const version = path && (await versionOf(path, ...args));
  return path && version ? { path, version } : undefined;
}

async function findServers(): Promise<Pick<Findings, 'servers' | 'misnamed'>> {
  const misnamed: Server[] = [];
  const entries = await Promise.all(
    servers.map(async (server) => {
      const found = await locate(server).catch((error: unknown) => {
        if (!(error instanceof ServerUnavailable)) throw error;
        misnamed.push(server);
      });
      return found ? [[server, found] as const] : [];
    }),
  );
  return { servers: Object.fromEntries(entries.flat()), misnamed };
}
