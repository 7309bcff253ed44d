import type { StackHandle } from '@talkoot/local-stack';
import { lifecycleKinds } from '@talkoot/workflow-contracts';
import { randomUUID } from 'node:crypto';
import type { NamedRoute } from '../running-system.ts';

export interface Answer {
  readonly status: number;
  /** Code of the problem, if it is one. */
  readonly code: string | null;
  readonly type: string;
  readonly body: unknown;
}

/** Calls a route with things that do not exist, unless the path parameters say what. */
export async function knock(
  stack: StackHandle,
  { service, spec }: NamedRoute,
  params: Readonly<Record<string, string>>,
  authorization: string | null,
): Promise<Answer> {
  const headers: Record<string, string> = { 'idempotency-key': randomUUID(), 'if-match': '"v1"' };
  if (authorization !== null) headers['authorization'] = authorization;
  if (spec.body) headers['content-type'] = spec.bodyType;
  const response = await fetch(`${stack.urls[service]}${pathOf(spec.path, params)}`, {
    method: spec.method,
    headers,
    redirect: 'manual',
    ...(spec.body ? { body: spec.bodyType === 'application/json' ? '{}' : 'x' } : {}),
  });
  const type = response.headers.get('content-type') ?? '';
  const text = await response.text();
  const body: unknown = /json/.test(type) ? JSON.parse(text) : text;
  const code = type.startsWith('application/problem+json') ? (body as { code: string }).code : null;
  return { status: response.status, code, type, body };
}

/** The path with these parameters, and with what does not exist for the others. */
export function pathOf(template: string, params: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? unknown(name));
}

const unknown = (name: string) => (name === 'kind' ? lifecycleKinds[0] : 'none-1');

/** The codes with which the shell itself refuses, before a handler is asked. */
export const shellRefusals = ['unauthenticated', 'token-expired', 'forbidden'];
