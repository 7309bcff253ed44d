import type { ServiceName } from '@talkoot/api-contracts';
import { serviceNames } from '@talkoot/api-contracts';
import type { StackHandle } from '@talkoot/local-stack';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serviceToken } from '../access/actors.ts';
import type { Owner } from '../databases.ts';
import { runPython } from './python.ts';
import type { Outcome } from './python.ts';

export interface Fuzz {
  readonly stack: StackHandle;
  readonly service: Owner;
  /** Whose session it is; null calls without any token, also what only services may call. */
  readonly session: (() => Promise<string>) | null;
  /** For each path parameter, ids that exist. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  readonly effort: Effort;
}

/** So many examples for each operation, or as much as can be done in so many seconds, from all phases. */
export type Effort = { readonly examples: number; readonly seed: number } | { readonly seconds: number };

/** A short run ends when its examples are done; this only ends one that hangs. */
const longestShortRun = 10 * 60;

/** What a document promises of its answers. 503 is promised where a part may be away, and none is: it counts as a fault. */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'ignored_auth',
];
const hooks = fileURLToPath(new URL('hooks.py', import.meta.url));
/** Service tokens live 55 seconds, a session 15 minutes. */
const renewEvery = 20_000;

/** Calls a service in all the ways its OpenAPI document allows, and in many it does not. */
export async function fuzz(one: Fuzz): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'talkoot-fuzz-'));
  const file = join(folder, 'setting.json');
  await writeSetting(one, file);
  const renewal = setInterval(() => void writeSetting(one, file), renewEvery);
  try {
    return await runPython(argumentsOf(one), {
      environment: { TALKOOT_FUZZ: file, SCHEMATHESIS_HOOKS: hooks },
      cwd: folder,
      within: (('seconds' in one.effort ? one.effort.seconds : 0) + longestShortRun) * 1_000,
    });
  } finally {
    clearInterval(renewal);
    await rm(folder, { recursive: true, force: true });
  }
}

function argumentsOf({ stack, service, effort }: Fuzz): string[] {
  return [
    ...['-m', 'schemathesis.cli', 'run', `${stack.urls[service]}/openapi.json`],
    ...[
      '--checks',
      checks.join(','),
      '--continue-on-failure',
      '--no-shrink',
      '--generation-database',
      'none',
    ],
    ...('seconds' in effort
      ? ['--phases', 'coverage,fuzzing,stateful', '--max-time', String(effort.seconds)]
      : ['--phases', 'fuzzing', '--max-examples', String(effort.examples), '--seed', String(effort.seed)]),
    ...['--suppress-health-check', 'all', '--warnings', 'off', '--request-timeout', '30', '--no-color'],
  ];
}

/** Written beside and moved, so that it is never read half. */
async function writeSetting({ stack, service, session, ids }: Fuzz, file: string): Promise<void> {
  const tokens = session
    ? await Promise.all(
        serviceNames.map(
          async (name: ServiceName) => [name, await serviceToken(stack, name, service)] as const,
        ),
      )
    : [];
  const setting = { session: (await session?.()) ?? null, services: Object.fromEntries(tokens), ids };
  await writeFile(`${file}.new`, JSON.stringify(setting));
  await rename(`${file}.new`, file);
}
