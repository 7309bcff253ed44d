/**
 * Runs a command; an expected failure is told in one message, an unexpected one with its stack. It exits with 1 unless the command
 * has set another code for its failures.
 */
export async function runCommand(command: () => Promise<unknown>): Promise<void> {
  try {
    await command();
  } catch (error) {
    process.stderr.write(`${await inWords(error)}\n`);
    process.exitCode ??= 1;
  }
}

async function inWords(error: unknown): Promise<string> {
  if (isExpected(error)) return error.message;
  if (isAboutAFile(error)) return `file-unreadable: ${error.message}`;
  // Only here, as it is slow to load: which failures of which library mean that something does not answer.
  const { isConnectivityError } = await import('@talkoot/http-service');
  return isConnectivityError(error) ? `unreachable: ${(error as Error).message}` : inFull(error);
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

const refusals = new Set(['EACCES', 'EISDIR', 'ENOENT', 'ENOTDIR', 'EROFS']);
const fileCalls = new Set(['open', 'read', 'mkdir', 'scandir']);

/** A path that a person gave, or a folder in which this user may not write. */
function isAboutAFile(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException;
  return refusals.has(code) && fileCalls.has(syscall);
}

function inFull(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
