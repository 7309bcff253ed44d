import { sha256 } from '@noble/hashes/sha2.js';
import { canonicalJson } from '../canonical.ts';
import type { Manifest } from './manifest.shape.ts';

/** The fields of a manifest that are known as soon as a poll is asked for. */
export type Asked = Pick<Manifest, 'municipality' | 'poll' | 'kind' | 'ballot' | 'allocation' | 'minima'> & {
  readonly board: Pick<Manifest['board'], 'batchSize'>;
  readonly key: Pick<Manifest['key'], 'threshold' | 'trustees'>;
};

/**
 * Everything that what is asked of voters depends on, and who opens their answers: the same before and after the manifest
 * was written, or the manifest asks something else.
 */
export function questionOf({ municipality, poll, kind, ballot, allocation, minima, board, key }: Asked) {
  const { threshold, trustees } = key;
  return {
    municipality,
    poll,
    kind,
    ballot,
    allocation,
    minima,
    batchSize: board.batchSize,
    threshold,
    trustees,
  };
}

/** SHA-256 of the canonical JSON of the question. */
export function questionHash(asked: Asked): Uint8Array<ArrayBuffer> {
  return sha256(canonicalJson(questionOf(asked)));
}
