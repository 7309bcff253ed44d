/** Most answers remembered at once; the oldest give way. */
const most = 1_000;

/** Until when good answers hold, by what they are about. Bad ones are not kept. */
export class Remembered {
  readonly #until = new Map<string, number>();
  readonly #asking = new Map<string, Promise<void>>();

  /**
   * Asks, unless a good answer still holds or somebody is asking just now.
   * @param now milliseconds since 1970
   */
  async ask(about: string, ask: () => Promise<void>, { now, forMs }: { now: () => number; forMs: number }) {
    const began = now();
    if (began < (this.#until.get(about) ?? 0)) return;
    const asking = this.#asking.get(about) ?? this.#begin(about, ask, began + forMs);
    await asking;
  }

  forget(about: string): void {
    this.#until.delete(about);
  }

  #begin(about: string, ask: () => Promise<void>, until: number): Promise<void> {
    const asking = ask()
      .then(() => this.#keep(about, until))
      .finally(() => this.#asking.delete(about));
    this.#asking.set(about, asking);
    return asking;
  }

  #keep(about: string, until: number): void {
    this.#until.delete(about);
    this.#until.set(about, until);
    if (this.#until.size > most) this.#until.delete(this.#until.keys().next().value!);
  }
}
