import { ApiProblem, createClient } from '@talkoot/api-contracts';
import { identityApi } from '@talkoot/api-contracts/identity';
import { projectsApi } from '@talkoot/api-contracts/projects';
import { kafkaProbe, outboxFor, startRelay } from '@talkoot/event-bus';
import { temporalDispatcher } from '@talkoot/event-bus/temporal';
import {
  connectMongo,
  createAuth,
  createLog,
  createServiceToken,
  prepareModels,
  runService,
} from '@talkoot/http-service';
import { temporalClient } from '@talkoot/lifecycle-record';
import { createPaymentsApp } from './app.ts';
import { payeeKeysOf, paymentsConfig, waitsOf } from './config.ts';
import { sealLedger } from './ledger/ledger.sealing.ts';
import { startPayeeChores } from './payee/payee.chores.ts';
import { createVault } from './payee/vault.ts';
import { paymentsOf, prepareStores } from './payments.ts';
import { webhookCaller } from './webhook/webhook.call.ts';
import { startWebhooks } from './webhook/webhook.sender.ts';
import { standardPolicy } from './webhook/webhook.ts';

const config = paymentsConfig();
const log = createLog('payments', config.LOG_LEVEL);
const connection = await connectMongo(config.MONGODB_URL, { appName: 'payments' });
const outbox = outboxFor(connection, { source: '/services/payments' });
const temporal = temporalClient({ address: config.TEMPORAL_ADDRESS, namespace: config.TEMPORAL_NAMESPACE });
const projects = createClient(projectsApi, {
  baseUrl: config.PROJECTS_URL,
  token: createServiceToken({ keyFile: config.SERVICE_KEY_FILE, name: 'payments', audience: 'projects' }),
});
const identity = createClient(identityApi, {
  baseUrl: config.IDENTITY_URL,
  token: createServiceToken({ keyFile: config.SERVICE_KEY_FILE, name: 'payments', audience: 'identity' }),
});
const payeeKeys = payeeKeysOf(config);
const waits = waitsOf(config);
const payments = paymentsOf({
  connection,
  outbox,
  temporal,
  projects: {
    bonusRulesOf: (projectId) => projects.getBonusRules({ params: { projectId } }),
    teamOf: (projectId) => projects.getTeam({ params: { projectId } }),
    calendarOf: async (pilotId) => (await projects.getCharter({ params: { pilotId } })).charter,
    assessmentOf: (municipalityId, projectId) =>
      projects.getAssessment({ params: { municipalityId, projectId } }).catch((error: unknown) => {
        if (error instanceof ApiProblem && error.code === 'assessment-missing') return null;
        throw error;
      }),
    measurersAmong: async ({ pilotId, projectId }, personIds) =>
      (await projects.findMeasurers({ params: { pilotId }, body: { projectId, personIds: [...personIds] } }))
        .personIds,
  },
  vault: createVault(payeeKeys.current, payeeKeys.before),
  async notify({ noticeId, ...notice }) {
    await identity.notify({ params: { noticeId }, body: { ...notice, template: 'payout', dueAt: null } });
  },
  async personnelNumbers(municipalityId, personIds) {
    const body = { personIds: [...personIds] };
    const { items } = await identity.findPersonnelNumbers({ params: { municipalityId }, body });
    return new Map(items.map(({ personId, personnelNumber }) => [personId, personnelNumber]));
  },
  coolingOff: waits.coolingOff,
  returnWindow: waits.returnWindow,
  bankFileDays: config.BANK_FILE_DAYS,
  webhook: {
    caller: webhookCaller({
      rule: { loopback: config.TALKOOT_LOCAL_STACK === '1' },
      deadlineMs: standardPolicy.deadlineMs,
    }),
    policy: { ...standardPolicy, schedule: waits.retries },
  },
  now: () => new Date(),
});
await prepareModels(connection);
await outbox.prepare();
await prepareStores(connection);
const relay = startRelay({
  connection,
  brokers: config.KAFKA_BROKERS,
  clientId: 'payments',
  dispatcher: temporalDispatcher(temporal),
  log,
});
const chores = startPayeeChores(payments, log);
const stopSealing = sealLedger(payments, log);
const webhooks = startWebhooks({ ...payments.webhooks, log });
const kafka = kafkaProbe({ brokers: config.KAFKA_BROKERS, clientId: 'payments', log });
const app = createPaymentsApp({
  payments,
  auth: createAuth({ identityUrl: config.IDENTITY_URL, serviceKeysDir: config.SERVICE_KEYS_DIR }),
  log,
  publicUrl: config.PUBLIC_URL ?? config.PAYMENTS_URL,
  readiness: { kafka: { check: () => kafka.check(), needed: false } },
});
await runService({
  name: 'payments',
  app,
  log,
  port: config.PORT,
  host: config.LISTEN_HOST,
  onStop: [
    () => chores.stop(),
    () => stopSealing(),
    () => webhooks.stop(),
    () => relay.stop(),
    () => kafka.stop(),
    () => temporal.connection.close(),
    () => connection.close(),
  ],
});
