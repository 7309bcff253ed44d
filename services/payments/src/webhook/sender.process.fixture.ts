import { connectMongo, createLog } from '@talkoot/http-service';
import { createVault } from '../payee/vault.ts';
import { webhookCaller } from './webhook.call.ts';
import { quickPolicy } from './webhook.fixture.ts';
import { startWebhooks } from './webhook.sender.ts';
import { webhooksOf } from './webhooks.ts';

// A sender in a process of its own, so that a test can kill it.
const [url, vaultKey] = process.argv.slice(2);
if (!url || !vaultKey) throw new Error('usage: sender.process.fixture <mongodb url> <vault key>');
const connection = await connectMongo(url, { appName: 'killed-sender' });
startWebhooks({
  ...webhooksOf({
    connection,
    vault: createVault(Buffer.from(vaultKey, 'base64')),
    caller: webhookCaller({ rule: { loopback: true }, deadlineMs: quickPolicy.deadlineMs }),
    policy: quickPolicy,
    now: () => new Date(),
  }),
  log: createLog('killed-sender', 'silent'),
  leaseTtlMs: 1_500,
});
process.send?.('started');
