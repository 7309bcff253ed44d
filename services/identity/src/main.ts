import { connectMongo, createAuth, createLog, prepareModels, runService } from '@talkoot/http-service';
import { witnessFaults } from '@talkoot/witnessed-log';
import { createIdentityApp } from './app.ts';
import { keyCustody } from './certificate/key.custody.ts';
import { identityConfig } from './config.ts';
import { identityOf } from './identity.ts';
import { bootstrapOperator } from './role/bootstrap.ts';
import { tokenSigner } from './session/session.token.ts';
import { readSigningKey } from './session/token.key.ts';
import { providerClient } from './sign-in/provider.client.ts';
import { signInStore } from './sign-in/sign-in.store.ts';

const config = identityConfig();
const name = config.ISSUER_NAME === 'auditor' ? 'auditor' : 'identity';
const log = createLog(name, config.LOG_LEVEL);
const now = () => new Date();
const connection = await connectMongo(config.MONGODB_URL, { appName: name });
const publicUrl = config.PUBLIC_URL ?? config.IDENTITY_URL;
const tokenKey = await readSigningKey(config.IDENTITY_TOKEN_KEY_FILE);
const faults = witnessFaults({ log });
const identity = identityOf({
  connection,
  issuer: config.OIDC_ISSUER,
  hashKeys: config.NATIONAL_ID_KEYS,
  signer: await tokenSigner(tokenKey, config.IDENTITY_URL, now),
  name: config.ISSUER_NAME,
  organisation: config.ISSUER_ORGANISATION,
  custody: keyCustody(config.ISSUER_CUSTODY_KEY),
  logKey: config.LOG_KEY,
  witnesses: config.WITNESSES,
  logOptions: { onFault: faults.hear },
  now,
});
const attempts = signInStore(connection, now);
await prepareModels(connection);
if (config.BOOTSTRAP_OPERATOR_SUB && config.BOOTSTRAP_MUNICIPALITY) {
  const first = { subject: config.BOOTSTRAP_OPERATOR_SUB, municipalityId: config.BOOTSTRAP_MUNICIPALITY };
  await bootstrapOperator(identity, first);
}
const provider = providerClient({
  issuer: config.OIDC_ISSUER,
  clientId: config.OIDC_CLIENT_ID,
  clientSecret: config.OIDC_CLIENT_SECRET,
  redirectUri: `${publicUrl}/v1/sign-in/callback`,
});
const app = createIdentityApp({
  identity,
  signIn: { provider, attempts, returnOrigins: config.SIGN_IN_RETURN_ORIGINS, publicUrl },
  auth: createAuth({ identityUrl: config.IDENTITY_URL, serviceKeysDir: config.SERVICE_KEYS_DIR }),
  log,
  publicUrl,
  readiness: { witnesses: { check: faults.check, needed: false } },
  localSecret: config.TALKOOT_LOCAL_STACK ? config.LOCAL_GRANT_SECRET : undefined,
});
await runService({
  name,
  app,
  log,
  port: config.PORT,
  host: config.LISTEN_HOST,
  onStop: [() => identity.issuanceLogs.settled(), () => connection.close()],
});
