import { roles } from '@talkoot/api-contracts';
import type { Role, RouteSpec } from '@talkoot/api-contracts';
import { projectsApi } from '@talkoot/api-contracts/projects';
import { grantsIn } from '@talkoot/http-service/testing';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { M, projectsFixture } from './projects.fixture.ts';
import type { Fixture } from './projects.fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await projectsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const routes = Object.entries(projectsApi.routes as Record<string, RouteSpec>);
const restricted = routes.filter(([, { access }]) => 'roles' in access);

/** Knocks at a route with things that do not exist: only who may enter is told anything but no. */
async function knock(
  spec: RouteSpec,
  token: string | null,
  municipalityId = M.municipalityId,
): Promise<number> {
  const path = spec.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'municipalityId') return municipalityId;
    return name === 'kind' ? 'pilot' : 'none-1';
  });
  const headers = {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    'content-type': spec.bodyType,
    'idempotency-key': randomUUID(),
    'if-match': '"v1"',
  };
  const body = spec.method === 'GET' ? {} : { body: spec.bodyType === 'application/json' ? '{}' : 'x' };
  const response = await fetch(`${fixture.url}${path}`, { method: spec.method, headers, ...body });
  await response.arrayBuffer();
  return response.status;
}

describe('every route for roles', () => {
  it.each(restricted)('%s opens to its roles here and to nobody else', async (_, spec) => {
    const allowed = (spec.access as { roles: readonly Role[] }).roles;
    const tokenOf = (municipalityId: string, ...held: Role[]) =>
      fixture.tokens.personToken({ id: 'per-1', grants: grantsIn(municipalityId, ...held) });
    expect(await knock(spec, null)).toBe(401);
    const statuses = new Map<Role, number>();
    for (const role of roles) statuses.set(role, await knock(spec, await tokenOf(M.municipalityId, role)));
    const others = roles.filter((role) => !allowed.includes(role));
    expect(others.filter((role) => statuses.get(role) !== 403)).toEqual([]);
    expect(allowed.filter((role) => statuses.get(role) === 401)).toEqual([]);
    const elsewhere = await tokenOf('muualla', ...roles);
    expect(await knock(spec, elsewhere)).toBe(403);
    const service = await fixture.tokens.serviceToken('worker', 'projects');
    expect([401, 403]).toContain(await knock(spec, service));
  });
});

describe('every internal route', () => {
  const internal = routes.filter(([, { access }]) => 'services' in access);
  it.each(internal)('%s is closed to people', async (_, spec) => {
    const person = await fixture.tokens.personToken({
      id: 'per-1',
      grants: grantsIn(M.municipalityId, ...roles),
    });
    expect([401, 403]).toContain(await knock(spec, person));
    expect(await knock(spec, null)).toBe(401);
  });
});

describe('every public route', () => {
  const open = routes.filter(([, { access }]) => 'anyone' in access);
  it.each(open)('%s needs no token and shows nothing of what is not there', async (name, spec) => {
    const status = await knock(spec, null);
    if (name === 'listPilots' || name === 'listRounds' || name === 'listProjects') expect(status).toBe(200);
    else expect([400, 404]).toContain(status);
  });
});
