import { clockToleranceMs } from '@talkoot/api-contracts/ballots';
import { issuerNames } from '@talkoot/api-contracts/identity';
import type { IssuerRoll } from '@talkoot/api-contracts/identity';
import { issuanceOrigin, ManifestError, readManifest } from '@talkoot/ballot-protocol';
import type { BindingManifest, Issuer, Manifest, SealedSeed } from '@talkoot/ballot-protocol';
import { DomainError } from '@talkoot/http-service';

/**
 * How far issuing has come for a poll:
 * - `frozen`: there is a roll and a key, and no manifest yet
 * - `opening`: bound to a manifest; its log is not witnessed yet
 * - `open`: certificates are issued
 * - `closing`: the key is destroyed; the log is not final yet
 * - `closed`: the log is final
 */
export const issuancePhases = ['frozen', 'opening', 'open', 'closing', 'closed'] as const;
export type IssuancePhase = (typeof issuancePhases)[number];

/** A witness that the issuer knows. */
export interface KnownWitness {
  readonly name: string;
  readonly organisation: string;
  /** Ed25519, hexadecimal. */
  readonly publicKey: string;
  readonly url: string;
}

/** What an issuer keeps of the manifest that its certificates of a poll are bound to. */
export interface ManifestBinding {
  /** Hash of the manifest, hexadecimal. */
  readonly m: string;
  /** Of the log of issued certificates. */
  readonly origin: string;
  readonly batchSize: number;
  /** Before it certificates are not closed; null where an authorised act ends them. */
  readonly certificatesClose: string | null;
  /** Names and keys by which the manifest calls its witnesses. */
  readonly witnesses: readonly { readonly name: string; readonly publicKey: string }[];
}

/** A seed of the lot that only the key of the poll opens. Whoever sealed it has forgotten it. */
export interface SealedLot extends SealedSeed {
  /** The key that it is sealed to, compressed and hexadecimal. */
  readonly pollKey: string;
}

/** What an issuer published of a poll, to which the manifest has to keep. */
export interface PublishedPoll extends IssuerRoll {
  readonly municipalityId: string;
  readonly pollId: string;
  /** Null where it has sealed none: then there is no manifest that it binds itself to. */
  readonly lot: SealedLot | null;
}

/** @throws DomainError `certificates-not-open`, `certificates-closed` */
export function requireOpen(phase: IssuancePhase): void {
  if (phase === 'frozen' || phase === 'opening') throw new DomainError('certificates-not-open');
  if (phase !== 'open') throw new DomainError('certificates-closed');
}

/**
 * Refuses to end issuing before the manifest says so, clocks being a little apart.
 * @throws DomainError `windows-bind`
 */
export function requireClosable(binding: ManifestBinding | null, now: Date): void {
  const moment = binding?.certificatesClose;
  if (moment && now.getTime() + clockToleranceMs < Date.parse(moment))
    throw new DomainError('windows-bind', moment);
}

/**
 * Reads a manifest and takes from it what certificates are bound to.
 * @throws DomainError `manifest-foreign` naming each field that is not what the issuer published; `witness-unknown`
 */
export function bindTo(
  text: string,
  published: PublishedPoll,
  known: readonly KnownWitness[],
): ManifestBinding {
  const { manifest, m } = manifestIn(text);
  const differing = differencesOf(manifest, published);
  if (differing.length > 0) throw new DomainError('manifest-foreign', differing.join(', '));
  const stranger = manifest.witnesses.find((one) => !known.some((other) => isSameWitness(one, other)));
  if (stranger) throw new DomainError('witness-unknown', stranger.name);
  return {
    m: Buffer.from(m).toString('hex'),
    origin: issuanceOrigin(manifest.board.origin, published.name),
    batchSize: manifest.board.batchSize,
    certificatesClose: manifest.windows?.certificatesClose ?? null,
    witnesses: manifest.witnesses.map(({ name, publicKey }) => ({ name, publicKey })),
  };
}

function manifestIn(text: string): BindingManifest {
  try {
    return readManifest(Buffer.from(text));
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new DomainError('manifest-foreign', error.message.slice(0, 300));
  }
}

/** Fields that are not as the issuer published them. */
function differencesOf(manifest: Manifest, published: PublishedPoll): string[] {
  const { municipalityId, pollId, name } = published;
  const place = issuerNames.indexOf(name);
  const own: Issuer = {
    name,
    organisation: published.organisation,
    modulus: published.modulus,
    rollSize: published.roll,
    rollHash: published.rollHash,
    logKey: published.logKey,
    excluded: published.excluded,
  };
  const named = manifest.issuers[place]!;
  const fields = (Object.keys(own) as (keyof Issuer)[]).filter((field) => named[field] !== own[field]);
  return [
    ...(manifest.municipality === municipalityId ? [] : ['municipality']),
    ...(manifest.poll === pollId ? [] : ['poll']),
    ...fields.map((field) => `issuers.${place}.${field}`),
    ...differencesOfLot(manifest, published),
    // Two polls of one origin would share a log.
    ...(manifest.board.origin.endsWith(`/${municipalityId}/${pollId}`) ? [] : ['board.origin']),
  ];
}

/** A seed that is sealed to another key than the poll's opens to nobody: whoever has all other seeds would know the lot. */
function differencesOfLot({ lot, key }: Manifest, { name, lot: own }: PublishedPoll): string[] {
  const place = issuerNames.indexOf(name);
  const { commitment, sealed } = lot[place]!;
  const isSame = own?.commitment === commitment && own.sealed === sealed;
  return [
    ...(isSame ? [] : [`lot.${place}`]),
    ...(own?.pollKey === key.commitments[0] ? [] : ['key.commitments.0']),
  ];
}

function isSameWitness(named: Manifest['witnesses'][number], known: KnownWitness): boolean {
  return (
    named.publicKey === known.publicKey &&
    named.name === known.name &&
    named.organisation === known.organisation
  );
}
