/**
 * Why a file of a publication cannot be used.
 * - `file-missing`: there is none of that name
 * - `file-unreadable`: it is there, and reading it failed
 * - `file-too-large`: it has more bytes than a poll of this manifest can need
 */
export type PublicationErrorCode = 'file-missing' | 'file-unreadable' | 'file-too-large';

export class PublicationError extends Error {
  override readonly name = 'PublicationError';
  readonly code: PublicationErrorCode;

  constructor(code: PublicationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
