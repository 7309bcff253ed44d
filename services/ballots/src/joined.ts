/** Runs work under a name, or joins what runs under it: who gave up waiting asks again and starts nothing twice. */
export function joined() {
  const running = new Map<string, Promise<unknown>>();
  return <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const before = running.get(name) as Promise<T> | undefined;
    if (before) return before;
    const begun = work().finally(() => running.delete(name));
    running.set(name, begun);
    return begun;
  };
}
