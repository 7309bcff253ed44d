import { ApiProblem } from '@talkoot/api-contracts';
import {
  certificateMessage,
  finishCertificate,
  newSigningKey,
  publicKeyOf,
  requestCertificate,
} from '@talkoot/ballot-protocol';
import type { CertificateRequest } from '@talkoot/ballot-protocol';
import type { PollOnDevice } from '../../demo/voting/device.ts';
import { PollRefused } from '../poll.errors.ts';
import { emptyPool, isMarked, markOf, requirePool } from './pool.ts';
import type { Pool, PoolPlace, PoolStore, Unfinished } from './pool.ts';

/** Has the clerk of the municipality (0) or of the auditor (1) ask their issuer to sign; all in hexadecimal. */
export type AskAtDesk = (issuer: 0 | 1, nationalId: string, blinded: string) => Promise<string>;

export interface IssuingDesk {
  readonly poll: { readonly municipalityId: string; readonly pollId: string };
  readonly onDevice: PollOnDevice;
  readonly desk: string;
  readonly store: PoolStore;
  readonly ask: AskAtDesk;
}

const final: ReadonlySet<string> = new Set([
  'not-on-roll',
  'certificate-already-issued',
  'certificates-closed',
  'blinded-out-of-range',
]);

/** Refusals that repeating does not change. */
export const isFinal = (code: string): boolean => final.has(code);

/**
 * Has both organisations certify a fresh key of the desk for a voter who showed a document. Everything is kept before it
 * is sent; after a failure the same voter gets the same key.
 * @throws PollRefused with the issuer's code and in plain words; `pool-foreign`, `pool-entered`
 */
export async function issueAt(at: IssuingDesk, nationalId: string): Promise<void> {
  const pool = await poolOf(at);
  const known = pool.unfinished.find(({ voter }) => isMarked(voter, nationalId));
  const begun = known ?? (await begin(at.onDevice, nationalId));
  const others = pool.unfinished.filter((one) => one !== known);
  if (!known) await at.store.keep({ ...pool, unfinished: [...others, begun] });
  try {
    const certificates = await certify(at, begun, nationalId);
    const keys = [...pool.keys, { secretKey: begun.secretKey, certificates }];
    await at.store.keep({ ...pool, unfinished: others, keys });
  } catch (error) {
    // A key that will never be certified is of no use to anybody.
    if (error instanceof PollRefused && isFinal(error.code)) {
      await at.store.keep({ ...pool, unfinished: others });
    }
    throw error;
  }
}

async function poolOf({ poll, onDevice, desk, store }: IssuingDesk): Promise<Pool> {
  const place: PoolPlace = { ...poll, manifest: hex(onDevice.binding.m) };
  const pool = requirePool((await store.open()) ?? emptyPool(place, desk), place);
  if (pool.desk !== desk) throw new PollRefused('pool-foreign', `The pool is of the desk ${pool.desk}.`);
  if (pool.entry === null) return pool;
  throw new PollRefused('pool-entered', 'The urn of this pool was opened: nobody votes at it any more.');
}

async function begin({ binding, issuers }: PollOnDevice, nationalId: string): Promise<Unfinished> {
  const key = newSigningKey();
  const message = certificateMessage(binding.m, key.publicKey);
  const request = async (issuer: 0 | 1) => {
    const { prefix, blinded, inverse } = await requestCertificate(issuers[issuer], message);
    return { prefix: hex(prefix), blinded: hex(blinded), inverse: hex(inverse) };
  };
  const requests: Unfinished['requests'] = [await request(0), await request(1)];
  return { voter: markOf(nationalId), secretKey: hex(key.secretKey), requests };
}

async function certify(at: IssuingDesk, begun: Unfinished, nationalId: string): Promise<[string, string]> {
  const message = certificateMessage(at.onDevice.binding.m, publicKeyOf(bytes(begun.secretKey)));
  const certificate = async (issuer: 0 | 1) => {
    const { prefix, blinded, inverse } = begun.requests[issuer];
    const request: CertificateRequest = {
      prefix: bytes(prefix),
      blinded: bytes(blinded),
      inverse: bytes(inverse),
    };
    const answer = await asked(at, issuer, nationalId, blinded);
    return hex(await finishCertificate(at.onDevice.issuers[issuer], message, request, bytes(answer)));
  };
  // One after the other: whom the municipality refuses has lost nothing at the auditor.
  return [await certificate(0), await certificate(1)];
}

async function asked(at: IssuingDesk, issuer: 0 | 1, nationalId: string, blinded: string): Promise<string> {
  try {
    return await at.ask(issuer, nationalId, blinded);
  } catch (cause) {
    if (!(cause instanceof ApiProblem) || !isFinal(cause.code)) throw cause;
    const { organisation } = at.onDevice.binding.manifest.issuers[issuer];
    const half = issuer === 0 ? '' : ` ${afterTheFirst}`;
    throw new PollRefused(cause.code, `${organisation}: ${refusals[cause.code]}${half}`, { cause });
  }
}

const refusals: Readonly<Record<string, string>> = {
  'not-on-roll': 'nobody of this number is on the roll of this poll. Look at the document again.',
  'certificate-already-issued':
    'this voter has begun to vote elsewhere, online or at another desk, and can finish there only.',
  'certificates-closed': 'no certificates are issued for this poll any more.',
  'blinded-out-of-range': 'the request of this device was not taken; try again.',
};
const afterTheFirst =
  'The first organisation has signed here, the second does not: write it into the minutes, no paper is given.';

const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
