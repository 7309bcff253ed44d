import { leafLength } from '@talkoot/ballot-protocol';
import { exportIssuerKey } from '@talkoot/ballot-protocol/issuer';
import type { HeldPoll } from '@talkoot/ballot-protocol/testing';
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { BenchContext } from '../bench.ts';
import type { BallotWork } from './leaf.worker.ts';

const inPiece = 500;

/** So many leaves of as many voters, made on all cores. */
export async function castLeaves(
  context: BenchContext,
  poll: HeldPoll,
  number: number,
): Promise<Uint8Array[]> {
  const [first, second] = poll.issuers;
  const workerData: BallotWork = {
    manifest: poll.manifestBytes,
    issuers: [exportIssuerKey(first), exportIssuerKey(second)],
  };
  const pool = new Piscina<{ from: number; number: number }, Uint8Array>({
    filename: new URL('leaf.worker.ts', import.meta.url).href,
    workerData,
    minThreads: availableParallelism(),
    maxThreads: availableParallelism(),
  });
  context.cleanUp.defer(() => pool.destroy());
  const starts = Array.from({ length: Math.ceil(number / inPiece) }, (_, place) => place * inPiece);
  let done = 0;
  const pieces = await Promise.all(
    starts.map(async (from) => {
      const piece = await pool.run({ from, number: Math.min(inPiece, number - from) });
      done += inPiece;
      context.progress.count(Math.min(done, number), number);
      return piece;
    }),
  );
  await pool.destroy();
  const size = leafLength(poll.binding.manifest);
  return pieces.flatMap((piece) =>
    Array.from({ length: piece.length / size }, (_, place) =>
      piece.subarray(place * size, (place + 1) * size),
    ),
  );
}
