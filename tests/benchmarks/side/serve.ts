type Methods = Readonly<Record<string, (...args: never[]) => unknown>>;
interface Call {
  id: number;
  method: string;
  args: never[];
}

/** Answers the benchmark's calls until it lets go of this process; then puts things away and ends. */
export function serve(methods: Methods, putAway: () => Promise<unknown>): void {
  // Ctrl-C in a terminal reaches every process of the group: the benchmark itself says when to end.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
  process.on('message', ({ id, method, args }: Call) => {
    void (async () => {
      try {
        answer({ id, answer: method === 'ready' ? true : await methods[method]?.(...args) });
      } catch (error) {
        answer({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
    })();
  });
  process.once('disconnect', () => {
    // Servers may be gone by now; nothing of what is left undone matters.
    setTimeout(() => process.exit(), 10_000).unref();
    void putAway().finally(() => process.exit());
  });
}

/** Tells the benchmark something it did not ask for. */
export const tell = (news: unknown): void => answer({ news });

function answer(message: object): void {
  if (process.connected) process.send?.(message);
}
