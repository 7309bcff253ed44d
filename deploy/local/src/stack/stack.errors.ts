/** Thrown when a stack already runs in the data directory. */
export class StackRunning extends Error {
  readonly code = 'stack-running';

  constructor(data: string, pid: number) {
    super(`A stack already runs in ${data} (process ${pid}). Stop it with: npm run stack -- stop`);
    this.name = 'StackRunning';
  }
}

/** Thrown when a running stack is needed and none runs in the data directory. */
export class StackNotRunning extends Error {
  readonly code = 'stack-not-running';

  constructor(data: string) {
    super(`No stack runs in ${data}. Start one with: npm run stack`);
    this.name = 'StackNotRunning';
  }
}

/** Thrown when `--fresh` is asked for in a directory that holds something else than a stack. */
export class NotAStackDirectory extends Error {
  readonly code = 'not-a-stack-directory';

  constructor(data: string) {
    super(`${data} holds something else than a local stack; it is not deleted`);
    this.name = 'NotAStackDirectory';
  }
}

/** Thrown when a variable that insists on a port holds something else. */
export class NotAPort extends Error {
  readonly code = 'not-a-port';

  constructor(variable: string, value: string) {
    super(`${variable} is "${value}", which is not the number of a port`);
    this.name = 'NotAPort';
  }
}
