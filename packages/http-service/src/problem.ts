import { standardProblems } from '@talkoot/api-contracts';
import type { ApiSpec, Problem, ProblemSpec } from '@talkoot/api-contracts';
import type { z } from 'zod';
import { isConnectivityError } from './connectivity.ts';
import { DomainError } from './domain.error.ts';
import type { Offence } from './domain.error.ts';

/** What to answer to an error, and whether it is our fault and so belongs in the log. */
export interface ProblemAnswer {
  readonly problem: Problem;
  readonly ours: boolean;
}

/** The one place where an error becomes RFC 9457 problem details. Nothing unexpected shows its message. */
export function problemOf(api: Pick<ApiSpec, 'problems'>, error: unknown): ProblemAnswer {
  if (error instanceof DomainError) {
    const spec = specOf(api, error.code);
    if (spec) return { problem: documentOf(error.code, spec, error), ours: spec.status >= 500 };
  }
  const code = codeOfHttpError(error) ?? (isConnectivityError(error) ? 'unavailable' : 'unexpected');
  const spec = standardProblems[code];
  return { problem: documentOf(code, spec), ours: spec.status >= 500 };
}

/** Zod's issues as `invalid-request`; `part` is params, query, body or a header's name. */
export function invalidRequest(part: string, error: z.ZodError): DomainError {
  // One line for each field: what follows from the first fault of a field is noise.
  const byField = new Map(
    error.issues
      .map((issue) => offenceOf(part, issue))
      .toReversed()
      .map((one) => [one.at, one]),
  );
  return new DomainError('invalid-request', undefined, [...byField.values()].toReversed().slice(0, 50));
}

function offenceOf(part: string, issue: z.core.$ZodIssue): Offence {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const at = [part, ...issue.path, ...unknown].map((step) => String(step).slice(0, 100)).join('.');
  return { at, message: issue.code === 'unrecognized_keys' ? 'Unknown field' : issue.message.slice(0, 300) };
}

function specOf(api: Pick<ApiSpec, 'problems'>, code: string): ProblemSpec | undefined {
  if (Object.hasOwn(api.problems, code)) return api.problems[code];
  return Object.hasOwn(standardProblems, code)
    ? standardProblems[code as keyof typeof standardProblems]
    : undefined;
}

function documentOf(code: string, spec: ProblemSpec, error?: DomainError): Problem {
  return {
    type: `urn:talkoot:problem:${code}`,
    title: spec.title,
    status: spec.status,
    code,
    ...(error?.detail ? { detail: error.detail } : {}),
    ...(error?.errors ? { errors: error.errors.map(({ at, message }) => ({ at, message })) } : {}),
  };
}

/** Express and its body reader mark what they refuse with a status and a type. */
function codeOfHttpError(error: unknown): keyof typeof standardProblems | undefined {
  const { status, type } = (error ?? {}) as { status?: unknown; type?: unknown };
  if (type === 'entity.too.large') return 'body-too-large';
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') return 'unsupported-media-type';
  if (type === 'request.aborted' || type === 'request.size.invalid') return 'malformed-body';
  return status === 400 && error instanceof URIError ? 'invalid-request' : undefined;
}
