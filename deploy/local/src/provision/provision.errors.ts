import type { Server } from './pins.ts';

/** One way that was tried to get a server, and why it did not work. */
export interface Attempt {
  readonly way: string;
  readonly why: string;
}

/** Thrown when no way of getting a server worked. The message lists each way and its reason. */
export class ServerUnavailable extends Error {
  readonly code = 'server-unavailable';
  readonly server: Server;
  readonly attempts: readonly Attempt[];

  constructor(server: Server, attempts: readonly Attempt[], environment: string) {
    const tried = attempts.map(({ way, why }) => `  - ${way}: ${why}`).join('\n');
    super(`Cannot get ${server}. Tried:\n${tried}\nInstall it yourself and set ${environment} to it.`);
    this.name = 'ServerUnavailable';
    this.server = server;
    this.attempts = attempts;
  }
}

/** Thrown by one way of getting a server; the next way is tried. */
export class WayClosed extends Error {
  readonly code = 'way-closed';

  constructor(why: string) {
    super(why);
    this.name = 'WayClosed';
  }
}

/** Thrown when a downloaded file is not the file that was pinned. Never fall back silently from this. */
export class ChecksumMismatch extends Error {
  readonly code = 'checksum-mismatch';

  constructor(file: string, expected: string, actual: string) {
    super(`${file} has sha256 ${actual}, expected ${expected}`);
    this.name = 'ChecksumMismatch';
  }
}
