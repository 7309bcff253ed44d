import type { IssuerName } from '@talkoot/api-contracts/identity';
import type { Connection } from 'mongoose';
import { issuanceStore } from './certificate/issuance.store.ts';
import type { KeyCustody } from './certificate/issuer.key.ts';
import { noticeStore } from './notice/notice.store.ts';
import { identifierHashes } from './person/identifier.ts';
import type { HashKey } from './person/identifier.ts';
import { personStore } from './person/person.store.ts';
import { residentStore } from './resident/resident.store.ts';
import { grantStore } from './role/grant.store.ts';
import { municipalityStore } from './role/municipality.store.ts';
import { rollStore } from './roll/roll.store.ts';
import { sessionStore } from './session/session.store.ts';
import type { TokenSigner } from './session/session.token.ts';

export interface IdentityParts {
  readonly connection: Connection;
  /** The identity provider: subjects are unique within it. */
  readonly issuer: string;
  readonly hashKeys: readonly HashKey[];
  readonly signer: TokenSigner;
  /** Which of the two issuers of certificates this is. */
  readonly name: IssuerName;
  readonly custody: KeyCustody;
  readonly now: () => Date;
}

/** Everything the routes of this service work with. */
export function identityOf(parts: IdentityParts) {
  const { connection, now, hashKeys } = parts;
  return {
    ...parts,
    people: personStore(connection, identifierHashes(hashKeys)),
    residents: residentStore(connection),
    grants: grantStore(connection),
    municipalities: municipalityStore(connection),
    sessions: sessionStore(connection, now),
    rolls: rollStore(connection),
    issuances: issuanceStore(connection),
    notices: noticeStore(connection, now),
  };
}
export type Identity = ReturnType<typeof identityOf>;
