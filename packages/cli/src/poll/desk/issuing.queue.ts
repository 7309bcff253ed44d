import { PollRefused } from '../poll.errors.ts';
import { isFinal, issueAt } from './issuing.ts';
import type { IssuingDesk } from './issuing.ts';
import type { Voter } from './voters.ts';

/** What became of the voters of a desk; who they are is not said. */
export interface Issued {
  readonly issued: number;
  /** In the pool now. */
  readonly keys: number;
  readonly refused: readonly { readonly line: number; readonly code: string }[];
}

/** Serves one voter after the other; who is refused does not keep the next one from being served. */
export async function issueToAll(at: IssuingDesk, voters: AsyncIterable<Voter>): Promise<Issued> {
  let issued = 0;
  const refused: { line: number; code: string }[] = [];
  for await (const { line, nationalId } of voters) {
    try {
      await issueAt(at, nationalId);
      issued += 1;
      process.stderr.write(`${line}: certified; give the voter a paper.\n`);
    } catch (error) {
      if (!(error instanceof PollRefused) || !isFinal(error.code)) throw error;
      refused.push({ line, code: error.code });
      process.stderr.write(`${line}: ${error.message}\n`);
    }
  }
  const pool = await at.store.open();
  return { issued, keys: pool?.keys.length ?? 0, refused };
}
