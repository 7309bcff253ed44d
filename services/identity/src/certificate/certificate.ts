import { certificateMessage } from '@talkoot/api-contracts/identity';
import type { Certificate } from '@talkoot/api-contracts/identity';
import { randomBytes, sign } from 'node:crypto';
import type { SigningKey } from '../session/token.key.ts';

/** A fresh certificate of a poll. It is random and names nobody; whoever makes it forgets it. */
export function newCertificate(pollId: string, key: SigningKey): Certificate {
  const serial = randomBytes(32).toString('hex');
  const signature = sign(null, certificateMessage(pollId, serial), key.privateKey).toString('hex');
  return { serial, signature, keyId: key.keyId };
}
