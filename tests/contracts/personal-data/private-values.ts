import { leafHash } from '@talkoot/ballot-protocol/node';
import { signIn } from '@talkoot/cli';
import { personNumber } from '@talkoot/local-stack';
import type { StackHandle } from '@talkoot/local-stack';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inDatabase, ownersOfEvents } from '../databases.ts';
import type { RunningSystem } from '../running-system.ts';
import type { Private } from './search.ts';

/** All that is known of people and their secrets in a system, from its homes. */
export async function privateValuesOf({ stack, play }: RunningSystem): Promise<Private[]> {
  const municipality = play.plan.municipality.id;
  const usernames = [
    ...play.residents.map(({ key }) => key),
    ...['operator', 'sponsor', 'finance-clerk'].map((key) => `${key}.${municipality}`),
  ];
  const session = await signIn(stack.urls.identity, usernames[0]!, stack.environment['DEV_PASSWORD']!);
  const audited = await signIn(stack.urls.auditor, usernames[0]!, stack.environment['AUDITOR_DEV_PASSWORD']!);
  return [
    ...kindOf('name', usernames),
    ...kindOf('national id', usernames.map(personNumber)),
    ...kindOf('session token', [session.token, session.refreshToken, audited.token, audited.refreshToken]),
    ...kindOf('reference', await referencesOf(stack)),
    ...kindOf('secret', await secretsOf(stack)),
    ...kindOf('typed text', await textsOf(stack)),
    ...kindOf('certificate', await certificatesOf({ stack, play })),
  ];
}

const kindOf = (kind: string, values: readonly string[]): Private[] =>
  values.map((value) => ({ kind, value }));

/** Keys, certificates, signatures, hashes and promises of leaves: whoever has them knows a ballot. */
async function certificatesOf({ stack, play }: Pick<RunningSystem, 'stack' | 'play'>): Promise<string[]> {
  const stored = await inDatabase(stack, 'ballots', (database) =>
    database.collection<{ leaf: { buffer: Uint8Array } }>('leaves').find().toArray(),
  );
  const leaves = stored.map(({ leaf }) => Uint8Array.from(leaf.buffer));
  const promises = play.polls.flatMap(({ receipts }) => receipts.map(({ receipt }) => receipt.promise));
  return [...promises, ...leaves.flatMap(partsOf)].flatMap((bytes) =>
    (['hex', 'base64', 'base64url'] as const).map((form) => Buffer.from(bytes).toString(form)),
  );
}

const certificateBytes = 288;
const partsOf = (leaf: Uint8Array) => [
  leafHash(leaf),
  leaf.subarray(0, 32),
  leaf.subarray(32, 32 + certificateBytes),
  leaf.subarray(32 + certificateBytes, 32 + 2 * certificateBytes),
  leaf.subarray(-64),
];

/** How the population register refers to residents. */
function referencesOf(stack: StackHandle): Promise<string[]> {
  return inDatabase(stack, 'identity', async (database) => {
    const parts = await database.collection('registerparts').find().toArray();
    const residents = parts.flatMap((part) => part['residents'] as { reference?: string }[]);
    return residents.flatMap(({ reference }) => reference || []);
  });
}

async function secretsOf(stack: StackHandle): Promise<string[]> {
  const text = await readFile(join(stack.data, 'secrets', 'secrets.json'), 'utf8');
  return leavesOf(JSON.parse(text)).filter((value) => value.length > 8);
}

/** Collections of what services write themselves, and what they compute for people to read. */
const ownWriting = /^(outbox|inbox|timeline|operations|lifecycles|lifecyclesteps|tallies|ledger\w+)$/;
const computed = /^(_id|computation|note|assumptions|split)$/;

/** Whatever people typed: every stored value that has words in it. */
async function textsOf(stack: StackHandle): Promise<string[]> {
  const found = new Set<string>();
  for (const owner of ownersOfEvents) {
    await inDatabase(stack, owner, async (database) => {
      for (const collection of await database.collections()) {
        if (ownWriting.test(collection.collectionName)) continue;
        const rows = await collection.find().toArray();
        for (const value of leavesOf(JSON.parse(JSON.stringify(rows)), computed)) {
          if (/[a-z]{2,} [a-z]{2,}/i.test(value)) found.add(value);
        }
      }
    });
  }
  return [...found];
}

function leavesOf(value: unknown, except?: RegExp): string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, one]) => (except?.test(name) ? [] : leavesOf(one, except)));
}
