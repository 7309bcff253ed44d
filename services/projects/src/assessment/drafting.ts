import type { AssessmentDraft } from '@talkoot/api-contracts/projects';
import { DomainError } from '@talkoot/http-service';
import { Piscina } from 'piscina';
import { draftFrom } from './assessment.ts';
import type { AssessmentBasis } from './assessment.ts';
import type { Measured } from './estimates.ts';
import type { Measuring } from './measuring.worker.ts';

export interface DraftingLimits {
  readonly threads: number;
  /** Drafts that may wait for a thread. */
  readonly waiting: number;
  /** From the moment the record is read, the wait for a thread included. */
  readonly deadlineMs: number;
}

const usual: DraftingLimits = { threads: 2, waiting: 20, deadlineMs: 20_000 };
const MOST_REMEMBERED = 50;

/**
 * Estimates for drafts in threads of its own: anybody may ask for one, a large panel takes a second, and the service goes on
 * answering meanwhile. What follows from the same record is computed once.
 */
export class Drafting {
  readonly #limits: DraftingLimits;
  /** By the record that they follow from; among them those under way. */
  readonly #drafts = new Map<string, Promise<AssessmentDraft>>();
  #underWay = 0;
  #pool: Piscina<Measuring, Measured[]> | undefined;
  #closed = false;

  constructor(limits: Partial<DraftingLimits> = {}) {
    this.#limits = { ...usual, ...limits };
  }

  /**
   * @param record names what the draft follows from: another record, another name
   * @param read is asked only where the draft is not known yet
   * @throws DomainError `drafting-busy` where too many wait already or the deadline passed, `unavailable` once it is closed
   */
  async draft(record: string, read: () => Promise<AssessmentBasis>): Promise<AssessmentDraft> {
    const known = this.#drafts.get(record);
    const draft = known ?? this.#compute(read);
    // The one asked for last is forgotten last.
    this.#drafts.delete(record);
    this.#drafts.set(record, draft);
    for (const oldest of this.#drafts.keys()) {
      if (this.#drafts.size <= MOST_REMEMBERED) break;
      this.#drafts.delete(oldest);
    }
    try {
      return await draft;
    } catch (error) {
      if (this.#drafts.get(record) === draft) this.#drafts.delete(record);
      throw error;
    }
  }

  /** Ends the threads; a draft under way is given up. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool?.destroy();
  }

  async #compute(read: () => Promise<AssessmentBasis>): Promise<AssessmentDraft> {
    const { threads, waiting } = this.#limits;
    if (this.#underWay >= threads + waiting)
      throw new DomainError('drafting-busy', `${waiting} wait already: ask again in a few seconds`);
    this.#underWay += 1;
    try {
      const basis = await read();
      return draftFrom(basis, await this.#measured(basis));
    } finally {
      this.#underWay -= 1;
    }
  }

  async #measured({ lock, observations }: AssessmentBasis): Promise<Measured[]> {
    if (this.#closed) throw new DomainError('unavailable');
    const { threads, deadlineMs } = this.#limits;
    this.#pool ??= new Piscina({
      filename: new URL('measuring.worker.ts', import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
    });
    const signal = AbortSignal.timeout(deadlineMs);
    try {
      return await this.#pool.run([lock.criteria, observations], { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new DomainError('drafting-busy', `it took longer than ${deadlineMs / 1_000} s`);
    }
  }
}
