/** Thrown when a process did not serve before its deadline, or gave up starting. */
export class NotReady extends Error {
  readonly code = 'not-ready';
  readonly process: string;

  constructor(process: string, why: string, log: string, lastLines: string) {
    super(
      `${process} is not ready: ${why}. Its log is ${log}${lastLines && `; it ends with:\n${lastLines}`}`,
    );
    this.name = 'NotReady';
    this.process = process;
  }
}

/** Thrown when a port that must be used is taken by somebody else. */
export class PortHeld extends Error {
  readonly code = 'port-held';
  readonly port: number;

  constructor(port: number, wantedBy: string, holder: string) {
    super(
      `Port ${port}, wanted by ${wantedBy}, is held by ${holder}. Stop that, or choose another data directory`,
    );
    this.name = 'PortHeld';
    this.port = port;
  }
}

/** Thrown when a plan is asked for that does not exist. */
export class UnknownProcess extends Error {
  readonly code = 'unknown-process';

  constructor(name: string, known: readonly string[]) {
    super(`There is no process "${name}"; there are ${known.join(', ')}`);
    this.name = 'UnknownProcess';
  }
}

/** Thrown by a start during which somebody asked to stop. */
export class StartInterrupted extends Error {
  readonly code = 'start-interrupted';

  constructor() {
    super('The start was interrupted');
    this.name = 'StartInterrupted';
  }
}
