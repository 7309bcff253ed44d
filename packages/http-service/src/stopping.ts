let stopping = false;

/** True once the process was asked to stop: it is no longer ready for new work. */
export function isStopping(): boolean {
  return stopping;
}
export function startStopping(): void {
  stopping = true;
}
