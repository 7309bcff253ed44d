import {
  castMessage,
  certificateMessage,
  encodeBallot,
  encodeLeaf,
  readManifest,
  unsignedLeaf,
} from '@talkoot/ballot-protocol';
import { ballotSealer } from '@talkoot/ballot-protocol/node';
import { constants, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { workerData } from 'node:worker_threads';
import { choiceOf } from './choice.ts';

/** What the benchmark tells the threads that cast its ballots. */
export interface BallotWork {
  readonly manifest: Uint8Array;
  /** Of both issuers, PKCS #8 in PEM. */
  readonly issuers: readonly [string, string];
}

const { manifest, issuers } = workerData as BallotWork;
const binding = readManifest(manifest);
const seal = ballotSealer(binding);
const keys = issuers.map((pem) => createPrivateKey(pem));
const padding = constants.RSA_PKCS1_PSS_PADDING;

/** So many ballots of as many voters. What issuers would have signed blindly they sign openly here: the same bytes, sooner. */
export default function castBallots({ from, number }: { from: number; number: number }): Uint8Array {
  return Buffer.concat(Array.from({ length: number }, (_, place) => castBallot(from + place)));
}

function castBallot(voter: number): Uint8Array {
  const { publicKey: published, privateKey } = generateKeyPairSync('ed25519');
  const publicKey = Buffer.from(published.export({ format: 'jwk' }).x!, 'base64url');
  const [first, second] = keys.map((key) => certificate(key, certificateMessage(binding.m, publicKey)));
  const plaintext = encodeBallot(binding.manifest, { type: 'approval', places: choiceOf(voter) });
  const sealed = seal({ publicKey, sequence: 1 }, plaintext);
  const leaf = { publicKey, certificates: [first!, second!] as const, sequence: 1, sealed };
  return encodeLeaf({
    ...leaf,
    signature: sign(null, castMessage(binding.m, unsignedLeaf(leaf)), privateKey),
  });
}

function certificate(key: KeyObject, message: Uint8Array): Uint8Array {
  const prefix = randomBytes(32);
  const signature = sign('sha384', Buffer.concat([prefix, message]), { key, padding, saltLength: 48 });
  return Buffer.concat([prefix, signature]);
}
