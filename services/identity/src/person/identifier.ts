import { createHmac } from 'node:crypto';

/** What a person is recognised by: the national id, or issuer and subject at the identity provider. */
export type Identifier =
  | { readonly kind: 'national-id'; readonly value: string }
  | { readonly kind: 'subject'; readonly issuer: string; readonly subject: string };

export interface HashKey {
  readonly id: string;
  /** Base64. */
  readonly key: string;
}

/** Keyed hashes of identifiers. The first key is current; the second is being retired and only still recognised. */
export interface IdentifierHashes {
  readonly current: (identifier: Identifier) => string;
  /** Under every active key, the current one first. */
  readonly all: (identifier: Identifier) => readonly string[];
}

/** National ids are few enough to be enumerated: only a keyed hash protects them. */
export function identifierHashes(keys: readonly HashKey[]): IdentifierHashes {
  const secrets = keys.map(({ id, key }) => ({ id, secret: Buffer.from(key, 'base64') }));
  const all = (identifier: Identifier) => secrets.map(({ id, secret }) => hashOf(id, secret, identifier));
  return { all, current: (identifier) => all(identifier)[0]! };
}

/** Case, spaces and width do not make another national id. */
export function normalNationalId(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s/g, '').toUpperCase();
}

function hashOf(keyId: string, secret: Buffer, identifier: Identifier): string {
  const parts =
    identifier.kind === 'national-id'
      ? ['national-id', normalNationalId(identifier.value)]
      : ['subject', identifier.issuer, identifier.subject];
  const message = JSON.stringify(['talkoot-identifier-v1', ...parts]);
  return `${keyId}:${createHmac('sha256', secret).update(message).digest('base64url')}`;
}
