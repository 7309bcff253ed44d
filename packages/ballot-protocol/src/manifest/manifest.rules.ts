import { AllocationError, requireDecidable } from '@talkoot/allocation/rule';
import { p256 } from '@noble/curves/nist.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { ballotLength } from '../ballot/ballot.length.ts';
import { isPublicKey } from '../signature/ed25519.ts';
import type { ManifestErrorCode, ManifestProblem } from './manifest.errors.ts';
import type { Manifest } from './manifest.shape.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Everything by which the fields of a manifest contradict each other or the protocol; nothing if they do not. */
export function manifestProblems(manifest: Manifest): ManifestProblem[] {
  return [
    ...ballotProblems(manifest),
    ...allocationProblems(manifest),
    ...issuerProblems(manifest),
    ...trusteeProblems(manifest),
    ...witnessProblems(manifest),
    ...signingKeyProblems(manifest),
    ...windowProblems(manifest),
    ...repeated(
      'duplicate-path',
      'page',
      manifest.page.map(({ path }) => path),
    ),
  ];
}

const typesOfKind = {
  prioritisation: ['approval', 'knapsack', 'points'],
  criteria: ['yes-no'],
  bonus: ['bonus'],
} as const;

function ballotProblems({ kind, ballot, allocation }: Manifest): ManifestProblem[] {
  const allowed: readonly string[] = typesOfKind[kind];
  return [
    ...unless(allowed.includes(ballot.type), 'kind-mismatch', 'ballot.type'),
    ...unless((kind === 'prioritisation') === (allocation !== null), 'kind-mismatch', 'allocation'),
    ...unless(ballot.length === ballotLength(ballot), 'ballot-length-wrong', 'ballot.length'),
    ...repeated(
      'duplicate-option',
      'ballot.options',
      ballot.options.map(({ id }) => id),
    ),
    ...unless(choicesPossible(ballot), 'choices-impossible', 'ballot.maxChoices'),
  ];
}

function choicesPossible(ballot: Manifest['ballot']): boolean {
  if (!('maxChoices' in ballot)) return true;
  return ballot.minChoices <= ballot.maxChoices && ballot.maxChoices <= ballot.options.length;
}

function allocationProblems({ ballot, allocation }: Manifest): ManifestProblem[] {
  if (allocation === null || ballot.type === 'yes-no' || ballot.type === 'bonus') return [];
  const { budget, conflicts = [], ...rule } = allocation;
  const known = new Set(ballot.options.map(({ id }) => id));
  return [
    ...conflicts.flatMap((group, place) =>
      unless(
        group.every((id) => known.has(id)),
        'conflict-unknown',
        `allocation.conflicts.${place}`,
      ),
    ),
    ...unless(isDecidable({ budget, projects: ballot.options }, rule), 'increment-too-small', 'allocation'),
  ];
}

function isDecidable(...election: Parameters<typeof requireDecidable>): boolean {
  try {
    requireDecidable(...election);
    return true;
  } catch (error) {
    if (error instanceof AllocationError) return false;
    throw error;
  }
}

function issuerProblems({ issuers }: Manifest): ManifestProblem[] {
  const [first, second] = issuers;
  return [
    ...unless(first.organisation !== second.organisation, 'issuers-not-independent', 'issuers'),
    ...repeated(
      'duplicate-name',
      'issuers',
      issuers.map(({ name }) => name),
    ),
    ...repeated(
      'duplicate-key',
      'issuers',
      issuers.map(({ modulus }) => modulus),
    ),
    ...issuers.flatMap(({ modulus }, place) =>
      unless(/^[89a-f].*[13579bdf]$/.test(modulus), 'modulus-invalid', `issuers.${place}.modulus`),
    ),
  ];
}

function trusteeProblems({ key }: Manifest): ManifestProblem[] {
  const { threshold, trustees, commitments } = key;
  const perOrganisation = Map.groupBy(trustees, ({ organisation }) => organisation);
  return [
    ...unless(
      threshold <= trustees.length && threshold === commitments.length,
      'threshold-invalid',
      'key.threshold',
    ),
    ...trustees.flatMap(({ index }, place) =>
      unless(index === place + 1, 'trustee-index-wrong', `key.trustees.${place}.index`),
    ),
    ...repeated(
      'duplicate-name',
      'key.trustees',
      trustees.map(({ name }) => name),
    ),
    ...[...perOrganisation.values()].flatMap((members) =>
      unless(members.length < threshold, 'organisation-too-strong', 'key.trustees'),
    ),
    ...commitments.flatMap((commitment, place) =>
      unless(isPoint(commitment), 'commitment-invalid', `key.commitments.${place}`),
    ),
  ];
}

/** Whoever signs in one role signs in no other. */
function signingKeyProblems({ issuers, key, board, witnesses }: Manifest): ManifestProblem[] {
  const keys = [
    { at: 'board.publicKey', key: board.publicKey },
    ...issuers.map(({ logKey }, place) => ({ at: `issuers.${place}.logKey`, key: logKey })),
    ...witnesses.map(({ publicKey }, place) => ({ at: `witnesses.${place}.publicKey`, key: publicKey })),
    ...key.trustees.map(({ signingKey }, place) => ({
      at: `key.trustees.${place}.signingKey`,
      key: signingKey,
    })),
  ];
  const first = new Map(keys.toReversed().map((one) => [one.key, one.at]));
  return keys.flatMap(({ at, key: signing }) => [
    ...unless(isPublicKey(hexToBytes(signing)), 'key-invalid', at),
    ...unless(first.get(signing) === at, 'duplicate-key', at),
  ]);
}

function witnessProblems({ issuers, board, witnesses }: Manifest): ManifestProblem[] {
  return [
    ...repeated('duplicate-name', 'witnesses', [board.origin, ...witnesses.map(({ name }) => name)]),
    ...unless(
      witnesses.some(({ organisation }) => organisation === issuers[1].organisation),
      'witness-missing',
      'witnesses',
    ),
  ];
}

function windowProblems({ windows }: Manifest): ManifestProblem[] {
  if (windows === null) return [];
  const invalid = Object.entries(windows).filter(([, instant]) => !isInstant(instant));
  if (invalid.length > 0) {
    return invalid.map(([name]) => ({ code: 'instant-invalid', at: `windows.${name}` }));
  }
  const opens = Date.parse(windows.opens);
  const certificatesClose = Date.parse(windows.certificatesClose);
  const castingCloses = Date.parse(windows.castingCloses);
  const complaintsClose = Date.parse(windows.complaintsClose);
  return unless(
    opens < certificatesClose &&
      castingCloses === certificatesClose + 30 * minute &&
      complaintsClose >= castingCloses + 72 * hour,
    'windows-wrong',
    'windows',
  );
}

function isInstant(instant: string): boolean {
  const time = Date.parse(instant);
  return !Number.isNaN(time) && new Date(time).toISOString() === instant.replace('Z', '.000Z');
}

function isPoint(compressed: string): boolean {
  try {
    return !p256.Point.fromBytes(hexToBytes(compressed)).is0();
  } catch {
    return false;
  }
}

function unless(holds: boolean, code: ManifestErrorCode, at: string): ManifestProblem[] {
  return holds ? [] : [{ code, at }];
}

function repeated(code: ManifestErrorCode, at: string, values: readonly string[]): ManifestProblem[] {
  return unless(new Set(values).size === values.length, code, at);
}
