import { serviceNames } from '@talkoot/api-contracts';
import type { ServiceName } from '@talkoot/api-contracts';
import { SignJWT, importJWK } from 'jose';
import type { CryptoKey, JWK } from 'jose';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

type Key = CryptoKey | Uint8Array;

/** Reads `<name>.jwk.json` of the directory, again whenever the file changes: a key is rotated by replacing it. */
export function servicePublicKeys(directory: string): (name: string) => Promise<Key | undefined> {
  const known = new Map<string, { readonly changed: number; readonly key: Key }>();
  return async (name) => {
    // The name comes out of an unverified token: only known names reach the file system.
    if (!(serviceNames as readonly string[]).includes(name)) return undefined;
    const file = join(directory, `${name}.jwk.json`);
    const changed = await stat(file).then(
      (found) => found.mtimeMs,
      () => undefined,
    );
    if (changed === undefined) return undefined;
    const cached = known.get(name);
    if (cached?.changed === changed) return cached.key;
    const key = await readKey(file);
    known.set(name, { changed, key });
    return key;
  };
}

/**
 * A signer of service tokens, to be passed as `token` to `createClient`. A token lives 55 s and is reused for 30 s.
 *
 * @example createClient(ballotsApi, { baseUrl, token: createServiceToken({ keyFile, name: "worker", audience: "ballots" }) })
 */
export function createServiceToken(options: {
  /** File with the private Ed25519 JWK of this process. */
  readonly keyFile: string;
  readonly name: ServiceName;
  /** The service to be called. */
  readonly audience: string;
}): () => Promise<string> {
  let key: Promise<Key> | undefined;
  let current: { readonly token: string; readonly renewAt: number } | undefined;
  return async () => {
    if (current && Date.now() < current.renewAt) return current.token;
    key ??= readKey(options.keyFile);
    const token = await signServiceToken(await key, options.name, options.audience);
    current = { token, renewAt: Date.now() + 30_000 };
    return token;
  };
}

/** Signs one service token; `seconds` is its life. */
export async function signServiceToken(
  key: Key,
  name: string,
  audience: string,
  seconds = 55,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(`service:${name}`)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + seconds)
    .sign(key);
}

async function readKey(file: string): Promise<Key> {
  const jwk = JSON.parse(await readFile(file, 'utf8')) as JWK;
  return importJWK(jwk, 'EdDSA');
}
