import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NotAStackDirectory } from './stack.errors.ts';

/** Root of the repository. */
export const repository = fileURLToPath(new URL('../../../../', import.meta.url));

/** Where everything a stack keeps lies. */
export interface DataDirectory {
  readonly root: string;
  /** True of the one in the repository, which is used when none is named. */
  readonly usual: boolean;
  readonly logs: string;
  readonly secrets: string;
  /** Written once; its presence marks the directory as a stack's. */
  readonly ports: string;
  /** Present while a stack runs, or after one ended uncleanly. */
  readonly state: string;
}

/** The data directory: the one given, else `TALKOOT_DATA`, else `.talkoot/stack` in the repository. */
export function dataDirectory(given?: string): DataDirectory {
  const usual = join(repository, '.talkoot', 'stack');
  const root = resolve(given ?? (process.env['TALKOOT_DATA'] || usual));
  return {
    root,
    usual: root === usual,
    logs: join(root, 'logs'),
    secrets: join(root, 'secrets'),
    ports: join(root, 'ports.json'),
    state: join(root, 'stack.json'),
  };
}

export function createDirectory({ root }: DataDirectory): void {
  mkdirSync(root, { recursive: true, mode: 0o700 });
}

/** Deletes everything a stack kept. @throws NotAStackDirectory rather than delete somebody's files */
export function dropState({ root, ports }: DataDirectory): void {
  if (!existsSync(root) || readdirSync(root).length === 0) return;
  if (!existsSync(ports)) throw new NotAStackDirectory(root);
  rmSync(root, { recursive: true });
}
