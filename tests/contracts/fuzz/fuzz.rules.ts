import { openApiOf, roles } from '@talkoot/api-contracts';
import type { Role } from '@talkoot/api-contracts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import { expect, it } from 'vitest';
import { here, tokensOf } from '../access/actors.ts';
import { owners } from '../databases.ts';
import { existingIds } from '../existing-ids.ts';
import { apis } from '../running-system.ts';
import type { RunningSystem } from '../running-system.ts';
import { runPython } from './python.ts';
import { fuzz } from './schemathesis.ts';
import type { Effort } from './schemathesis.ts';

/** Calls without a token, by a resident, and by who holds every role; internal routes as the services they are for. */
const callers = {
  'who holds every role': roles,
  'a resident': ['resident'],
  nobody: null,
} satisfies Readonly<Record<string, readonly Role[] | null>>;
type Caller = keyof typeof callers;

/** The OpenAPI documents: valid, the very ones of the contracts, and kept. */
export function fuzzRules(
  system: () => RunningSystem,
  efforts: Readonly<Partial<Record<Caller, Effort>>>,
): void {
  it.each(owners)('%s serves the valid OpenAPI 3.1 document of its contract', async (service) => {
    const { urls } = system().stack;
    const served = (await (await fetch(`${urls[service]}/openapi.json`)).json()) as unknown;
    expect(served).toEqual(JSON.parse(JSON.stringify(openApiOf(apis[service], urls[service]))));
    const folder = await mkdtemp(join(tmpdir(), 'talkoot-openapi-'));
    const file = join(folder, 'openapi.json');
    await writeFile(file, JSON.stringify(served));
    const args = ['-m', 'openapi_spec_validator', '--schema', '3.1', file];
    const { code, output } = await runPython(args, { within: 120_000 });
    await rm(folder, { recursive: true });
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('OK') as string });
  });

  const campaign = Object.entries(efforts) as [Caller, Effort][];
  it.each(campaign)('keeps its documents whatever %s sends', async (caller, effort) => {
    const { stack, play } = system();
    const held: readonly Role[] | null = callers[caller];
    const wanted = { name: `fuzzing as ${caller}`, held: held ?? [], municipalityId: here };
    const sessionAt = (service: (typeof owners)[number]) => async () =>
      (await tokensOf(stack, [wanted], service === 'auditor' ? 'auditor' : 'identity'))[0]!;
    const ids = await existingIds(stack, play);
    const run = async (service: (typeof owners)[number]) => {
      const session = held ? sessionAt(service) : null;
      const { code, output } = await fuzz({ stack, service, session, ids, effort });
      return code === 0 && /No issues found/.test(output) ? [] : [output];
    };
    expect((await pMap(owners, run, { concurrency: 2 })).flat().join('\n')).toBe('');
  });
}
