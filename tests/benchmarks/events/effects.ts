import { now } from './clock.ts';
import { numbersOf, type Some } from './sending.ts';

const LONGEST_WAIT = 120_000;

/** When each event first took effect. */
export class Effects {
  readonly #at = new Map<number, number>();

  note(index: number): void {
    if (!this.#at.has(index)) this.#at.set(index, now());
  }

  /** The times of these events, once all have taken effect. @throws Error after two minutes */
  async of(some: Some): Promise<number[]> {
    const end = now() + LONGEST_WAIT;
    const numbers = numbersOf(some);
    for (;;) {
      const times = numbers.flatMap((index) => this.#at.get(index) ?? []);
      if (times.length === numbers.length) return times;
      if (now() > end) throw new Error(`only ${times.length} of ${numbers.length} events took effect`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
