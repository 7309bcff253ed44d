import { z } from 'zod';
import { defineApi, route } from '../api.ts';
import { RoleShape } from '../roles.ts';
import { IdShape, InstantShape, text } from '../shapes.ts';
import { auditorApi, identityApi } from './index.ts';
import { ReferenceShape } from './resident.ts';

const secret = z.string().min(16).max(200);

/** Routes that exist only in a local stack: people and tokens in bulk, for demonstrations and imported elections. */
export const localRoutes = {
  createLocalPeople: route('POST /v1/local/people', {
    kind: 'plain',
    summary: 'Make municipalities, people, residents and roles at once; repeating it changes nothing',
    access: { anyone: true },
    bodyLimit: 8 * 1024 * 1024,
    body: z.object({
      secret,
      municipalities: z
        .array(
          z.object({ municipalityId: IdShape, name: text(120), timeZone: z.string().max(64).optional() }),
        )
        .max(100)
        .default([]),
      people: z
        .array(
          z.object({
            /** Under which the person signs in at the local identity provider. */
            subject: z.string().min(1).max(255).optional(),
            nationalId: z.string().min(1).max(64).optional(),
            municipalityId: IdShape,
            roles: z.array(RoleShape).max(30).default([]),
            /** Makes the person a resident: `roles` need not say so. */
            resident: z
              .object({
                birthDate: z.iso.date(),
                district: text(80),
                validFrom: z.iso.date().optional(),
                reference: ReferenceShape.optional(),
              })
              .optional(),
          }),
        )
        .max(5000),
    }),
    answer: z.object({ personIds: z.array(IdShape).meta({ description: 'In the order of `people`' }) }),
    problems: [
      'local-secret-wrong',
      'local-person-nameless',
      'unknown-municipality',
      'people-conflict',
      'reference-taken',
    ],
  }),
  grantLocalTokens: route('POST /v1/local/tokens', {
    kind: 'plain',
    summary: 'Session tokens for many people at once, without signing in',
    access: { anyone: true },
    bodyLimit: 1024 * 1024,
    body: z.object({ secret, personIds: z.array(IdShape).max(5000) }),
    answer: z.object({
      expiresAt: InstantShape,
      tokens: z.array(z.string()).meta({ description: 'In the order of `personIds`' }),
    }),
    problems: ['local-secret-wrong', 'unknown-person'],
  }),
};

/** The identity service of a local stack. */
export const localIdentityApi = defineApi({
  ...identityApi,
  problems: {
    ...identityApi.problems,
    'local-secret-wrong': { status: 403, title: 'The secret of the local stack is another' },
    'local-person-nameless': { status: 422, title: 'A person needs a subject or a national id' },
    'unknown-municipality': { status: 422, title: 'There is no such municipality' },
  },
  routes: { ...identityApi.routes, ...localRoutes },
});
export type LocalIdentityApi = typeof localIdentityApi;

/** The auditor's issuer of a local stack. */
const { service, title, description } = auditorApi;
export const localAuditorApi = defineApi({ ...localIdentityApi, service, title, description });
