import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { serviceNames } from '@talkoot/api-contracts';
import { exportJWK, generateKeyPair } from 'jose';
import { readJson, writeJson } from './json-file.ts';

/** What an issuer of certificates and its identity provider know, and the other issuer does not. */
export interface IssuerSecrets {
  readonly oidcClientSecret: string;
  /** Password of every account at its local identity provider. */
  readonly devPassword: string;
  /** Opens the bulk token grant that only a local stack has. */
  readonly localGrantSecret: string;
  readonly nationalIdKeys: readonly { readonly id: string; readonly key: string }[];
  /** Encrypts the keys of polls in its database; 32 bytes in base64. */
  readonly custodyKey: string;
  /** Signs the logs of its certificates; Ed25519 seed in base64. */
  readonly logKey: string;
}

/** Secrets of one local stack, made at its first start: the municipality's and the auditor's. They open nothing elsewhere. */
export interface Secrets extends IssuerSecrets {
  /** Signs the boards of all polls, and what they promise; Ed25519 seed in base64. */
  readonly boardKey: string;
  /** Cosigns boards and logs; Ed25519 seed in base64. */
  readonly witnessKey: string;
  readonly auditor: IssuerSecrets;
}

/** Where the key files lie. */
export interface KeyFiles {
  readonly privateKey: (process: string) => string;
  readonly publicKeys: string;
  readonly identityToken: string;
  readonly identityProvider: string;
  readonly auditorToken: string;
  readonly auditorIdentityProvider: string;
}

export function keyFiles(folder: string): KeyFiles {
  return {
    privateKey: (process) => join(folder, 'private', `${process}.jwk.json`),
    publicKeys: join(folder, 'public'),
    identityToken: join(folder, 'identity-token.jwk.json'),
    identityProvider: join(folder, 'identity-provider.jwk.json'),
    auditorToken: join(folder, 'auditor-token.jwk.json'),
    auditorIdentityProvider: join(folder, 'auditor-identity-provider.jwk.json'),
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
  for (const token of [files.identityToken, files.auditorToken]) {
    await ensureKey(token, 'EdDSA', `session-${randomBytes(4).toString('hex')}`);
  }
  for (const provider of [files.identityProvider, files.auditorIdentityProvider]) {
    await ensureKey(provider, 'RS256', 'local-identity-provider');
  }
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

/** A directory of an earlier version keeps what it has and gets what it lacks. */
function readOrMakeSecrets(file: string): Secrets {
  const before = (readJson(file) ?? {}) as Partial<Secrets>;
  const secrets: Secrets = {
    ...issuerSecrets(),
    boardKey: randomKey(),
    witnessKey: randomKey(),
    ...before,
    auditor: { ...issuerSecrets(), ...before.auditor },
  };
  if (!isDeepStrictEqual(secrets, before)) writeJson(file, secrets);
  return secrets;
}

function issuerSecrets(): IssuerSecrets {
  return {
    oidcClientSecret: randomBytes(32).toString('base64url'),
    devPassword: randomBytes(9).toString('base64url'),
    localGrantSecret: randomBytes(32).toString('base64url'),
    nationalIdKeys: [{ id: 'k1', key: randomKey() }],
    custodyKey: randomKey(),
    logKey: randomKey(),
  };
}

const randomKey = (): string => randomBytes(32).toString('base64');
