import { p256_FROST } from '@noble/curves/nist.js';
import { bytesToHex, randomBytes } from '@noble/hashes/utils.js';
import { ballotLength } from './ballot/ballot.length.ts';
import { newIssuerKey } from './certificate/issuer.ts';
import type { IssuerKey } from './certificate/issuer.ts';
import type { KeyShare } from './key/share.ts';
import { readManifest, writeManifest } from './manifest/manifest.read.ts';
import type { BindingManifest } from './manifest/manifest.read.ts';
import type { BallotRules, Manifest } from './manifest/manifest.shape.ts';
import { newSigningKey } from './signature/ed25519.ts';

/** A poll with all its secrets. */
export interface TestPoll {
  readonly binding: BindingManifest;
  readonly issuers: readonly [IssuerKey, IssuerKey];
  readonly shares: readonly KeyShare[];
}

type Unsized<Rules> = Rules extends unknown ? Omit<Rules, 'length'> : never;

export const approval: Unsized<BallotRules> = {
  type: 'approval',
  options: [
    { id: 'bench', cost: 400 },
    { id: 'fountain', cost: 700 },
    { id: 'tree', cost: 200 },
  ],
  minChoices: 1,
  maxChoices: 2,
};

export async function testPoll(rules: Unsized<BallotRules> = approval): Promise<TestPoll> {
  const issuers = [await newIssuerKey(), await newIssuerKey()] as const;
  const dealt = p256_FROST.trustedDealer({ min: 2, max: 3 });
  const key = {
    threshold: 2,
    trustees: [
      { name: 'clerk', organisation: 'municipality', index: 1 },
      { name: 'auditor', organisation: 'audit office', index: 2 },
      { name: 'notary', organisation: 'notaries', index: 3 },
    ].map((trustee) => ({ ...trustee, signingKey: bytesToHex(newSigningKey().publicKey) })),
    commitments: dealt.public.commitments.map((point) => bytesToHex(point)),
    transcript: bytesToHex(randomBytes(32)),
  };
  const shares = key.trustees.map(({ index }) => ({
    index,
    share: dealt.secretShares[p256_FROST.Identifier.fromNumber(index)]!.signingShare,
  }));
  const manifest = testManifest(rules, { key, moduli: [issuers[0].modulus, issuers[1].modulus] });
  return { binding: readManifest(writeManifest(manifest)), issuers, shares };
}

interface Secrets {
  readonly key: Manifest['key'];
  readonly moduli: readonly [string, string];
}

export function testManifest(rules: Unsized<BallotRules>, { key, moduli }: Secrets): Manifest {
  const publicKey = () => bytesToHex(newSigningKey().publicKey);
  const issuer = { rollSize: 100, rollHash: bytesToHex(randomBytes(32)), excluded: 0 };
  const kind = { 'yes-no': 'criteria', bonus: 'bonus' }[rules.type as string] ?? 'prioritisation';
  return {
    protocol: 'talkoot-poll-v1',
    municipality: 'tampere',
    poll: 'poll-1',
    kind: kind as Manifest['kind'],
    ballot: { ...rules, length: ballotLength(rules) } as BallotRules,
    allocation: kind === 'prioritisation' ? { rule: 'greedy', budget: 1000 } : null,
    lot: [madeUpSeed(), madeUpSeed()],
    issuers: [
      {
        ...issuer,
        name: 'municipality',
        organisation: 'municipality',
        modulus: moduli[0],
        logKey: publicKey(),
      },
      { ...issuer, name: 'auditor', organisation: 'audit office', modulus: moduli[1], logKey: publicKey() },
    ],
    key,
    board: { origin: 'ballots.example/poll-1', publicKey: publicKey(), batchSize: 30 },
    witnesses: [
      { name: 'audit.example/witness', organisation: 'audit office', publicKey: publicKey() },
      { name: 'university.example/witness', organisation: 'university', publicKey: publicKey() },
      { name: 'press.example/witness', organisation: 'press', publicKey: publicKey() },
    ],
    windows: {
      opens: '2026-05-01T09:00:00Z',
      certificatesClose: '2026-05-14T18:00:00Z',
      castingCloses: '2026-05-14T18:30:00Z',
      complaintsClose: '2026-05-17T18:30:00Z',
    },
    minima: { roll: 50, counted: 20 },
    page: [{ path: 'index.html', sha256: bytesToHex(randomBytes(32)) }],
  };
}

const madeUpSeed = () => ({ commitment: bytesToHex(randomBytes(32)), sealed: bytesToHex(randomBytes(113)) });
