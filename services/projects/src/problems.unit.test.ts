import { projectsApi } from '@talkoot/api-contracts/projects';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const textOf = (wanted: (file: string) => boolean) =>
  files
    .filter(wanted)
    .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
    .join('\n');
const tests = textOf((file) => file.endsWith('.test.ts') && !file.startsWith('problems.'));

describe('every refusal that the service makes by itself', () => {
  const own = textOf((file) => !/\.(test|fixture)\.ts$/.test(file));
  const codes = [...own.matchAll(/DomainError\(\s*'([a-z-]+)'/g)].map(([, code]) => code!);

  it.each([...new Set(codes)].toSorted())('%s is declared and tested', (code) => {
    const standard = [
      'not-found',
      'forbidden',
      'stale-edit',
      'wrong-phase',
      'idempotency-key-reused',
      'unavailable',
    ];
    if (!standard.includes(code)) expect(projectsApi.problems).toHaveProperty(code);
    expect(tests.includes(`'${code}'`), `no test expects ${code}`).toBe(true);
  });

  it('and no code is declared that nobody answers', () => {
    const named = new Set(Object.values(projectsApi.routes).flatMap((route) => route.problems));
    const unnamed = Object.keys(projectsApi.problems).filter((code) => !named.has(code));
    expect(unnamed).toEqual([]);
  });
});
