/** Runs a command; an expected failure is told in one message, an unexpected one with its stack. */
export async function runCommand(command: () => Promise<unknown>): Promise<void> {
  try {
    await command();
  } catch (error) {
    process.stderr.write(`${isExpected(error) ? error.message : inFull(error)}\n`);
    process.exitCode = 1;
  }
}

/** Errors with a code of ours are written for the person at the terminal; `E…` codes are the system's. */
function isExpected(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^[a-z-]+$/.test(error.code)
  );
}

function inFull(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
