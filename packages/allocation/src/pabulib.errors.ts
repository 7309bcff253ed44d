/**
 * Why a Pabulib file was refused. Nothing of a refused file is returned.
 * - `pb-too-large`: more bytes, rows or columns, or a longer row, than the limits allow
 * - `pb-malformed`: not UTF-8, a section or column missing or twice, a row of the wrong width, a value of the wrong kind
 * - `pb-wrong-count`: num_projects, num_votes, a votes or a score column disagrees with the rows
 * - `pb-invalid-cost`: a cost not above zero, or a budget below zero, or one too large or too precise to be exact
 * - `pb-duplicate-project`, `pb-duplicate-voter`, `pb-duplicate-choice`: an id twice
 * - `pb-unknown-project`: a vote for a project the file does not list
 * - `pb-invalid-points`: points missing, not whole, or not one per choice
 */
export type PabulibErrorCode =
  | 'pb-too-large'
  | 'pb-malformed'
  | 'pb-wrong-count'
  | 'pb-invalid-cost'
  | 'pb-duplicate-project'
  | 'pb-duplicate-voter'
  | 'pb-duplicate-choice'
  | 'pb-unknown-project'
  | 'pb-invalid-points';

/** A refused file: a stable code, and the line (from 1) where it went wrong when there is one. */
export class PabulibError extends Error {
  override readonly name = 'PabulibError';
  readonly code: PabulibErrorCode;
  readonly line: number | undefined;

  constructor(code: PabulibErrorCode, message: string, line?: number) {
    super(line === undefined ? message : `line ${line}: ${message}`);
    this.code = code;
    this.line = line;
  }
}
