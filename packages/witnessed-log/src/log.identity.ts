import { publicKeyOf, quorumOf } from '@talkoot/ballot-protocol';
import { verifySignature } from '@talkoot/ballot-protocol/node';
import type { WitnessAddress } from './witness.client.ts';

/** Whose log it is, and who witnesses it. */
export interface LogIdentity {
  /** Name of the log and of its key. */
  readonly origin: string;
  /** Seed of its Ed25519 key, 32 bytes. */
  readonly secretKey: Uint8Array;
  readonly witnesses: readonly WitnessAddress[];
}

/**
 * Who has to sign the checkpoints of a log.
 * @throws BoardError `witnesses-invalid` without witnesses, or for a key or name that occurs twice
 */
export function policyOf({ origin, secretKey, witnesses }: LogIdentity) {
  const log = { name: origin, publicKey: publicKeyOf(secretKey) };
  return { log, witnesses, quorum: quorumOf(witnesses), verify: verifySignature };
}
export type LogPolicy = ReturnType<typeof policyOf>;
