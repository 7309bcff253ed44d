import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNames } from '@talkoot/api-contracts';
import { exportJWK, generateKeyPair } from 'jose';
import { readJson, writeJson } from './json-file.ts';

/** Secrets of one local stack, made at its first start. They open nothing elsewhere. */
export interface Secrets {
  readonly oidcClientSecret: string;
  /** Password of every account at the local identity provider. */
  readonly devPassword: string;
  /** Opens the bulk token grant that only a local stack has. */
  readonly localGrantSecret: string;
  readonly nationalIdKeys: readonly { readonly id: string; readonly key: string }[];
}

/** Where the key files lie. */
export interface KeyFiles {
  readonly privateKey: (process: string) => string;
  readonly publicKeys: string;
  readonly identityToken: string;
  readonly identityProvider: string;
}

export function keyFiles(folder: string): KeyFiles {
  return {
    privateKey: (process) => join(folder, 'private', `${process}.jwk.json`),
    publicKeys: join(folder, 'public'),
    identityToken: join(folder, 'identity-token.jwk.json'),
    identityProvider: join(folder, 'identity-provider.jwk.json'),
  };
}

/** Reads the secrets of a stack; makes those that are missing. */
export async function secretsOf(folder: string): Promise<Secrets> {
  const files = keyFiles(folder);
  mkdirSync(join(folder, 'private'), { recursive: true, mode: 0o700 });
  mkdirSync(files.publicKeys, { recursive: true });
  for (const name of serviceNames) {
    await ensureKey(files.privateKey(name), 'EdDSA', name, join(files.publicKeys, `${name}.jwk.json`));
  }
  await ensureKey(files.identityToken, 'EdDSA', `session-${randomBytes(4).toString('hex')}`);
  await ensureKey(files.identityProvider, 'RS256', 'local-identity-provider');
  return readOrMakeSecrets(join(folder, 'secrets.json'));
}

async function ensureKey(
  file: string,
  alg: 'EdDSA' | 'RS256',
  kid: string,
  publicFile?: string,
): Promise<void> {
  if (existsSync(file)) return;
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, crv: 'Ed25519' });
  const labels = { alg, use: 'sig', kid };
  if (publicFile) writeJson(publicFile, { ...(await exportJWK(publicKey)), ...labels });
  // Last, so that an interrupted start leaves no private key without its public half.
  writeJson(file, { ...(await exportJWK(privateKey)), ...labels });
}

function readOrMakeSecrets(file: string): Secrets {
  const before = readJson(file) as Secrets | undefined;
  if (before) return before;
  const made: Secrets = {
    oidcClientSecret: randomBytes(32).toString('base64url'),
    devPassword: randomBytes(9).toString('base64url'),
    localGrantSecret: randomBytes(32).toString('base64url'),
    nationalIdKeys: [{ id: 'k1', key: randomBytes(32).toString('base64') }],
  };
  writeJson(file, made);
  return made;
}
