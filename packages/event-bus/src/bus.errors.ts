/** Codes of the errors this package throws. */
export type BusErrorCode =
  | 'not-connected'
  | 'event-too-large'
  | 'aggregate-of-another-municipality'
  | 'topic-misshaped'
  | 'follower-overtaken'
  | 'dispatcher-missing'
  | 'dispatcher-unavailable';

/** An error of the bus with a stable code; the message holds no data of an event. */
export class BusError extends Error {
  override readonly name: string = 'BusError';
  readonly code: BusErrorCode;

  constructor(code: BusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Thrown by a {@link WorkflowDispatcher} when the engine cannot be reached: nothing can be dispatched now. */
export class DispatcherUnavailable extends BusError {
  override readonly name = 'DispatcherUnavailable';

  constructor(options?: ErrorOptions) {
    super('dispatcher-unavailable', 'The workflow engine cannot be reached', options);
  }
}

/**
 * Thrown by a handler that cannot work now but will be able to later (something it needs is down).
 * The event is tried again until it succeeds and never becomes a dead letter.
 */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
}

/** A short code for logs and health; never the message, which may quote data. */
export function errorCodeOf(error: unknown): string {
  if (error instanceof BusError) return error.code;
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' || typeof code === 'number' ? `${error.name}:${code}` : error.name;
}
