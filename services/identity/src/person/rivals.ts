const ATTEMPTS = 4;

/** Runs work again when a rival made the same person at the same moment: then the person is there to be found. */
export async function despiteRivals<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: unknown } | null)?.code !== 11_000 || attempt === ATTEMPTS) throw error;
    }
  }
}
