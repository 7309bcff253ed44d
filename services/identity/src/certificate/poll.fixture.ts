import type { IssuerRoll } from '@talkoot/api-contracts/identity';
import { issuerNames } from '@talkoot/api-contracts/identity';
import { writeManifest } from '@talkoot/ballot-protocol';
import type { Issuer, Manifest, SealedSeed } from '@talkoot/ballot-protocol';
import { preparePoll } from '@talkoot/ballot-protocol/testing';
import { randomBytes } from 'node:crypto';
import type { IdentityFixture } from '../identity.fixture.ts';

export const electorate = {
  municipalityId: 'lintula',
  minimumAge: 18,
  districts: [],
  asOf: '2026-06-15T10:00:00Z',
};
const prepared = preparePoll();

/** Any number below every modulus. */
export const blinded = () => `01${randomBytes(255).toString('hex')}`;

export async function frozenPoll(fixture: IdentityFixture, pollId: string, excluded: readonly string[] = []) {
  const worker = await fixture.service('worker');
  return worker.freezeRoll({ params: { pollId }, body: { ...electorate, excluded: [...excluded] } });
}

interface OpenedPoll {
  readonly batchSize?: number;
  readonly excluded?: readonly string[];
  readonly windows?: Manifest['windows'];
}

/** Freezes the roll of a poll and opens its issuing; batches are of three unless said. */
export async function openPoll(
  fixture: IdentityFixture,
  pollId: string,
  { batchSize = 3, excluded = [], windows = null }: OpenedPoll = {},
) {
  const roll = await frozenPoll(fixture, pollId, excluded);
  const manifest = await manifestOf(fixture, roll, { batchSize, windows });
  const worker = await fixture.service('worker');
  await worker.openIssuance({ params: { pollId }, body: { manifest: textOf(manifest) } });
  return { ...roll, manifest, params: { municipalityId: electorate.municipalityId, pollId } };
}

/** The seed of this issuer for the lot of a poll, sealed to the key of the manifest. */
export async function sealedLot(fixture: IdentityFixture, pollId: string): Promise<SealedSeed> {
  const pollKey = (await prepared).binding.manifest.key.commitments[0]!;
  return (await fixture.service('worker')).sealLotSeed({ params: { pollId }, body: { pollKey } });
}

/** The manifest of a poll of which this issuer froze a roll; what is the other issuer's in it is made up. */
export async function manifestOf(
  fixture: IdentityFixture,
  roll: IssuerRoll & { readonly pollId: string },
  { batchSize = 3, windows = null }: Pick<OpenedPoll, 'batchSize' | 'windows'> = {},
): Promise<Manifest> {
  const { manifest } = (await prepared).binding;
  const lot = await sealedLot(fixture, roll.pollId);
  const { municipalityId } = electorate;
  const [first, second] = manifest.issuers;
  const isFirst = roll.name === issuerNames[0];
  const { name, organisation, publicKey } = fixture.witness;
  return {
    ...manifest,
    municipality: municipalityId,
    poll: roll.pollId,
    issuers: isFirst ? [entryOf(roll), { ...second, organisation }] : [first, entryOf(roll)],
    lot: isFirst ? [lot, manifest.lot[1]] : [manifest.lot[0], lot],
    windows,
    board: { ...manifest.board, origin: `test.example/${municipalityId}/${roll.pollId}`, batchSize },
    witnesses: [{ name, organisation, publicKey: Buffer.from(publicKey).toString('hex') }],
  };
}

/** Its bytes, as text. */
export const textOf = (manifest: Manifest) => new TextDecoder().decode(writeManifest(manifest));

function entryOf({ name, organisation, modulus, roll, rollHash, logKey, excluded }: IssuerRoll): Issuer {
  return { name, organisation, modulus, rollSize: roll, rollHash, logKey, excluded };
}
