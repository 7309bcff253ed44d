import { newSigningKey, questionHash, writeManifest } from '@talkoot/ballot-protocol';
import type { Manifest } from '@talkoot/ballot-protocol';

const publicKey = () => Buffer.from(newSigningKey().publicKey).toString('hex');
/** A point of P-256. */
const point = '036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296';

const issuerOf = (name: string, digit: string) => ({
  name,
  organisation: `${name}s`,
  modulus: `8${digit.repeat(510)}1`,
  rollSize: 100,
  rollHash: digit.repeat(64),
  logKey: publicKey(),
  excluded: 0,
});
const seedOf = (digit: string) => ({ commitment: digit.repeat(64), sealed: `04${digit.repeat(224)}` });
const trusteeOf = (name: string, place: number) => ({
  name,
  organisation: `${name}s`,
  index: place + 1,
  signingKey: publicKey(),
});

/** A sound manifest without secrets. */
const sound: Omit<Manifest, 'poll'> = {
  protocol: 'talkoot-poll-v1',
  municipality: 'lintula',
  kind: 'prioritisation',
  ballot: {
    type: 'approval',
    options: [
      { id: 'prj-1', cost: 100_000 },
      { id: 'prj-2', cost: 200_000 },
    ],
    minChoices: 0,
    maxChoices: 1,
    length: 4,
  },
  allocation: { rule: 'greedy', budget: 250_000 },
  lot: [seedOf('a'), seedOf('b')],
  issuers: [issuerOf('municipality', 'a'), issuerOf('auditor', 'b')],
  key: {
    threshold: 2,
    trustees: ['clerk', 'auditor', 'notary'].map(trusteeOf),
    commitments: [point, point],
    transcript: 'c'.repeat(64),
  },
  board: { origin: 'ballots.example/lintula', publicKey: publicKey(), batchSize: 30 },
  witnesses: [{ name: 'audit.example/witness', organisation: 'auditors', publicKey: publicKey() }],
  windows: null,
  minima: { roll: 50, counted: 20 },
  page: [],
};

/** The manifest that the town publishes: the same for all polls but for their names and windows. */
export const manifestOf = (pollId: string, changes: Partial<Manifest> = {}): Manifest => ({
  ...sound,
  poll: pollId,
  ...changes,
});

/** What ballots gives the lifecycle of a poll at its start. */
export const questionSha256Of = (pollId: string): string =>
  Buffer.from(questionHash(manifestOf(pollId))).toString('hex');

export const textOf = (manifest: Manifest): string => Buffer.from(writeManifest(manifest)).toString();
