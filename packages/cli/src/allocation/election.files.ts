import { pabulibLimits, parsePabulib } from '@talkoot/allocation';
import type { PabulibFile } from '@talkoot/allocation';
import { readBounded } from '../bounded-file.ts';

/** A file beside the election is not what it should be. */
export class ElectionFileError extends Error {
  override readonly name = 'ElectionFileError';
  readonly code: 'lot-malformed' | 'conflicts-malformed';

  constructor(code: ElectionFileError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** @throws PabulibError */
export async function readElection(path: string): Promise<PabulibFile> {
  return parsePabulib(await readBounded(path, pabulibLimits.bytes));
}

/** All project ids as JSON, first the one that wins every tie. @throws ElectionFileError */
export async function readLot(path: string): Promise<string[]> {
  const lot = jsonOf(await readBounded(path, pabulibLimits.bytes));
  if (!isIds(lot)) throw new ElectionFileError('lot-malformed', `${path} is not a JSON list of project ids`);
  return lot;
}

/** Groups of project ids as JSON, of each of which one project can be funded. @throws ElectionFileError */
export async function readConflicts(path: string): Promise<string[][]> {
  const groups = jsonOf(await readBounded(path, pabulibLimits.bytes));
  if (!Array.isArray(groups) || !groups.every(isIds))
    throw new ElectionFileError('conflicts-malformed', `${path} is not a JSON list of lists of project ids`);
  return groups;
}

const isIds = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((id) => typeof id === 'string');

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
