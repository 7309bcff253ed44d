import type { TestProject } from 'vitest/node';
import { startTestServers } from '../testing.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The replica set, without a database name. */
    mongodbUrl: string;
    /** Comma-separated `host:port`. */
    kafkaBrokers: string;
  }
}

/** One MongoDB and one Kafka for a whole test run; each test file uses databases and topics of its own. */
export default async function startSharedServers(project: TestProject): Promise<() => Promise<void>> {
  const servers = await startTestServers(['mongod', 'kafka']);
  project.provide('mongodbUrl', servers.mongodbUrl);
  project.provide('kafkaBrokers', servers.kafkaBrokers);
  return () => servers.stop();
}
