import { readFileSync } from 'node:fs';
import type { JWK } from 'oidc-provider';
import { createApp } from './app.ts';
import { createProvider } from './provider.ts';

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

const provider = createProvider({
  issuer: required('OIDC_ISSUER'),
  clientId: required('OIDC_CLIENT_ID'),
  clientSecret: required('OIDC_CLIENT_SECRET'),
  signingKey: JSON.parse(readFileSync(required('PROVIDER_KEY_FILE'), 'utf8')) as JWK,
  relyingParty: required('IDENTITY_URL'),
});
const server = createApp(provider, required('DEV_PASSWORD')).listen(Number(required('PORT')), '127.0.0.1');

process.once('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
