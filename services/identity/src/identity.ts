import type { IssuerName } from '@talkoot/api-contracts/identity';
import { publicKeyOf } from '@talkoot/ballot-protocol';
import { logStore } from '@talkoot/witnessed-log';
import type { WitnessedLogOptions } from '@talkoot/witnessed-log';
import type { Connection } from 'mongoose';
import { deskStore } from './certificate/desk.store.ts';
import { issuanceLogs } from './certificate/issuance.log.ts';
import { issuanceStore } from './certificate/issuance.store.ts';
import type { KnownWitness } from './certificate/issuance.ts';
import type { KeyCustody } from './certificate/key.custody.ts';
import { noticeStore } from './notice/notice.store.ts';
import { personnelStore } from './personnel/personnel.store.ts';
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
  /** Who runs it. */
  readonly organisation: string;
  readonly custody: KeyCustody;
  /** Seed of the Ed25519 key that signs the logs of issued certificates. */
  readonly logKey: Uint8Array;
  /** Who witnesses these logs. */
  readonly witnesses: readonly KnownWitness[];
  readonly logOptions?: WitnessedLogOptions;
  readonly now: () => Date;
}

/** Everything the routes of this service work with. */
export function identityOf(parts: IdentityParts) {
  const { connection, now, hashKeys } = parts;
  const rolls = rollStore(connection);
  const issuances = issuanceStore(connection);
  return {
    ...parts,
    logPublicKey: Buffer.from(publicKeyOf(parts.logKey)).toString('hex'),
    people: personStore(connection, identifierHashes(hashKeys)),
    residents: residentStore(connection),
    grants: grantStore(connection),
    personnel: personnelStore(connection, now),
    municipalities: municipalityStore(connection),
    sessions: sessionStore(connection, now),
    rolls,
    issuances,
    desks: deskStore(connection),
    issuanceLogs: issuanceLogs({ ...parts, rolls, issuances, logs: logStore(connection) }),
    notices: noticeStore(connection, now),
  };
}
export type Identity = ReturnType<typeof identityOf>;
