/** Runs tasks one after the other, in the order in which they were added. */
export class Queue {
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;

  get idle(): boolean {
    return this.#waiting === 0;
  }

  /** Resolves when this task is done, and with it every one before. */
  add(task: () => Promise<void>): Promise<void> {
    this.#waiting += 1;
    this.#tail = this.#tail.then(task).finally(() => {
      this.#waiting -= 1;
    });
    return this.#tail;
  }
}
