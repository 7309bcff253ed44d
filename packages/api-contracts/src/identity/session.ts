import { z } from 'zod';
import { route } from '../api.ts';
import { GrantsShape } from '../roles.ts';
import { IdShape, InstantShape } from '../shapes.ts';

/** A signed-in person's tokens. The session token is short-lived; the refresh token is replaced at each use. */
export const SessionShape = z
  .object({
    personId: IdShape,
    token: z.string(),
    expiresAt: InstantShape,
    refreshToken: z.string(),
    refreshExpiresAt: InstantShape,
    grants: GrantsShape,
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof SessionShape>;

const Secret = z.string().regex(/^[\w-]{43}$/);

export const sessionRoutes = {
  signIn: route('GET /v1/sign-in', {
    summary:
      'Go to the identity provider; afterwards the callback answers the session, or returns to `return`',
    access: { anyone: true },
    query: z.object({
      return: z
        .url({ protocol: /^https?$/ })
        .max(1000)
        .optional()
        .meta({
          description: 'Where to go afterwards, with a one-time `handoff`; its origin must be registered',
        }),
    }),
    status: 302,
    problems: ['return-not-allowed'],
  }),
  completeSignIn: route('GET /v1/sign-in/callback', {
    summary:
      'Where the identity provider sends the person back to; once, and in the browser in which it began',
    access: { anyone: true },
    query: z
      .object({ state: z.string().min(1).max(200), code: z.string().max(4000).optional() })
      .catchall(z.string().max(4000)),
    answer: SessionShape,
    problems: ['sign-in-expired', 'sign-in-refused', 'people-conflict'],
  }),
  redeemHandoff: route('POST /v1/session', {
    kind: 'plain',
    summary: 'Exchange the one-time handoff of a sign-in for the session',
    access: { anyone: true },
    body: z.object({ handoff: Secret }),
    answer: SessionShape,
    problems: ['session-invalid'],
  }),
  refreshSession: route('POST /v1/session/refresh', {
    kind: 'plain',
    summary: 'New tokens for a refresh token; using one twice ends the whole session',
    access: { anyone: true },
    body: z.object({ refreshToken: Secret }),
    answer: SessionShape,
    problems: ['session-invalid'],
  }),
  signOut: route('POST /v1/session/end', {
    kind: 'plain',
    summary: 'End the session to which a refresh token belongs',
    access: { anyone: true },
    body: z.object({ refreshToken: Secret }),
    status: 204,
  }),
  getMe: route('GET /v1/me', {
    summary: 'Who I am here: my opaque id and my roles as they are now',
    access: { signedIn: true },
    answer: z.object({ personId: IdShape, grants: GrantsShape }),
  }),
  getKeys: route('GET /.well-known/jwks.json', {
    summary: 'Public keys of session tokens',
    access: { anyone: true },
    answer: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
  }),
};

export const sessionProblems = {
  'return-not-allowed': { status: 400, title: 'This address is not registered for returning to' },
  'sign-in-expired': { status: 400, title: 'This sign-in was used or took too long; start again' },
  'sign-in-refused': { status: 403, title: 'The identity provider did not sign you in' },
  'people-conflict': { status: 409, title: 'This sign-in matches two people; ask the registrar' },
  'session-invalid': { status: 401, title: 'This session has ended; sign in again' },
} as const;
