import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import '@talkoot/event-bus/kafka-guard';
import { execa } from 'execa';
import { Kafka, logLevel } from 'kafkajs';
import { inherited, type ProcessPlan } from '../supervisor/process-plan.ts';

const logging = fileURLToPath(new URL('../../kafka/log4j2.xml', import.meta.url));
const jvm = [
  '-Xmx384m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  `-Dlog4j2.configurationFile=${logging}`,
];

export interface KafkaSettings {
  readonly java: string;
  /** Folder of the broker's jars. */
  readonly libs: string;
  readonly data: string;
  readonly port: number;
  readonly controllerPort: number;
}

/** One broker that is its own controller (KRaft). */
export function kafkaPlan(settings: KafkaSettings): ProcessPlan {
  const { java, data, port, controllerPort } = settings;
  const properties = join(data, 'kafka', 'server.properties');
  return {
    name: 'kafka',
    command: java,
    args: [...jvm, '-cp', classPath(settings), 'kafka.Kafka', properties],
    environment: inherited(),
    ports: [port, controllerPort],
    needs: [],
    prepare: () => prepare(settings, properties),
    probe: () => answers(port),
    readyWithin: 90_000,
    stopWithin: 20_000,
  };
}

function classPath({ libs }: KafkaSettings): string {
  return join(libs, '*');
}

async function prepare(settings: KafkaSettings, properties: string): Promise<void> {
  const folder = join(settings.data, 'kafka');
  const logs = join(folder, 'data');
  await mkdir(logs, { recursive: true });
  await writeFile(properties, serverProperties(settings, logs));
  if (existsSync(join(logs, 'meta.properties'))) return;
  const format = ['format', '--standalone', '--ignore-formatted', '-t', clusterId(), '-c', properties];
  await execa(settings.java, [...jvm, '-cp', classPath(settings), 'kafka.tools.StorageTool', ...format], {
    timeout: 60_000,
  });
}

function serverProperties({ port, controllerPort }: KafkaSettings, logs: string): string {
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'log.dirs': logs,
    // A topic's partitions are fixed at twelve, also when it is created by first use.
    'num.partitions': 12,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'offsets.retention.minutes': 525_600,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
    // After a crash the controller waits this long before it lets the broker in again.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'log.index.size.max.bytes': 1_048_576,
    // There is no second replica: without it a power cut loses what was acknowledged.
    'log.flush.interval.ms': 1_000,
  };
  return `${Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}

/** Sixteen random bytes; the first is zero so that the text never starts like an option. */
function clusterId(): string {
  const bytes = randomBytes(16);
  bytes[0] = 0;
  return bytes.toString('base64url');
}

async function answers(port: number): Promise<boolean> {
  const kafka = new Kafka({
    clientId: 'local-stack',
    brokers: [`127.0.0.1:${port}`],
    connectionTimeout: 1_000,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    return brokers.length > 0;
  } finally {
    await admin.disconnect();
  }
}
