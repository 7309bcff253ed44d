/**
 * Turns Ctrl-C, a request to end and a closed terminal into one abort. npm passes on a signal that the
 * terminal has already sent, so a repeated one is no sign of impatience and changes nothing.
 */
export function stopOnSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort());
  return controller.signal;
}
