import { KeyError } from '@talkoot/ballot-protocol';
import type { KeyErrorCode } from '@talkoot/ballot-protocol';
import { inWords } from '../service/service.errors.ts';
import type { Hints } from '../service/service.errors.ts';

/** What somebody asked for in a poll cannot be done; the message begins with the code and says why. */
export class PollRefused extends Error {
  override readonly name = 'PollRefused';
  /** Ours, or the code of the service's problem or of the protocol's error. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}

/** Refusals of services and of the protocol, said to the person at the terminal. */
export async function refusingPlainly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw plainly(cause);
  }
}

function plainly(cause: unknown): unknown {
  const refusal = inWords(cause, hints);
  if (refusal) return new PollRefused(refusal.code, refusal.words, { cause });
  if (cause instanceof KeyError) {
    const whose = cause.index === undefined ? '' : ` (trustee ${cause.index})`;
    return new PollRefused(cause.code, `${meanings[cause.code]}${whose}`, { cause });
  }
  return cause;
}

const askStatus = 'talkoot poll status tells what is awaited, and of whom';
const signInAgain = 'Sign in again, and set the variable of the token anew';

/** What to do about a refusal of a service whose own words do not say it. */
const hints: Hints = {
  'not-found': 'Look at the id of the poll, and whose poll it is (--municipality)',
  'wrong-phase': askStatus,
  'not-awaited': askStatus,
  unauthenticated: signInAgain,
  'token-expired': signInAgain,
};

const meanings: Readonly<Record<KeyErrorCode, string>> = {
  'ceremony-malformed':
    'the list of trustees is none that may make a key: give nothing, and ask who wrote it',
  'not-a-trustee': 'these keys are not on the list of trustees of this poll',
  'package-malformed': 'a package that another trustee gave is none',
  'package-missing': 'a package of another trustee is missing',
  'package-repeated': 'there are packages of somebody else, or two of one trustee',
  'package-altered':
    'your own round 1 came back changed, or was made with another custody file: the service lies or errs',
  'package-unsigned': 'a package is not signed by its trustee for this poll: it may be forged',
  'proof-wrong': 'a trustee does not prove that it knows its own secret: it cheats or errs',
  'commitments-cancel': 'the commitments add up to nothing: somebody cheats, and no key must be made',
  'dealt-share-wrong':
    'the share that a trustee dealt you is wrong: it cheats or errs, and no key must be made',
  'round-skipped': 'the custody file knows nothing of the round before',
  'share-malformed': 'the share in the custody file is none',
  'share-unknown': 'the share is of nobody in this poll',
  'share-repeated': 'the same share twice',
  'share-wrong': 'the share in the custody file does not fit the key of this poll',
  'shares-missing': 'too few shares',
  'custody-malformed': 'this is no custody file',
  'custody-locked': 'the passphrase is wrong, or the file was altered',
  'passphrase-short': 'a passphrase has at least 12 characters',
};
