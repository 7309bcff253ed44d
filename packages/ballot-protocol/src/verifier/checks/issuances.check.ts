import { bytesToHex } from '@noble/hashes/utils.js';
import { issuanceFirstLeaf, issuanceOrigin } from '../../board/issuance.log.ts';
import { leafHash } from '../../board/merkle.hash.ts';
import { RootReplay } from '../../board/root.replay.ts';
import type { Issuer, Manifest } from '../../manifest/manifest.shape.ts';
import { files } from '../../publication/files.ts';
import type { Publication } from '../../publication/publication.ts';
import { parsedFile, readArchive } from '../file.reading.ts';
import type { ReadFile } from '../file.reading.ts';
import type { Finding } from '../report.ts';
import { checkWitnesses } from './witnesses.check.ts';

interface IssuanceQuestion {
  readonly manifest: Manifest;
  readonly m: Uint8Array;
  readonly issuer: Issuer;
  /** Null where the roll could not be read. */
  readonly roll: readonly Uint8Array[] | null;
  readonly mostArchive: number;
}

const width = 32;

/** An issuer's log of issuances: witnessed, of distinct entries of its roll. @returns how many there are */
export async function readIssuance(
  publication: Publication,
  { manifest, m, issuer, roll, mostArchive }: IssuanceQuestion,
): Promise<ReadFile<number>> {
  const file = files.issuance(issuer.name);
  const archive = files.issuanceCheckpoints(issuer.name);
  // More than the roll has would be refused anyway, entry by entry.
  const most = (issuer.rollSize + 1_000_000) * width;
  const { value: bytes, problems: faults } = await parsedFile(publication, file, most, (whole) => whole);
  if (bytes === undefined) return { value: undefined, problems: faults };
  const { read: checkpoints, problems } = await readArchive(publication, archive, mostArchive);
  const entries = split(bytes);
  const replay = new RootReplay(checkpoints);
  replay.append(leafHash(issuanceFirstLeaf(m, issuer.name)));
  for (const entry of entries) replay.append(leafHash(entry));
  const { size, problems: moments } = replay.finish();
  const log = { name: issuanceOrigin(manifest.board.origin, issuer.name), publicKey: issuer.logKey };
  const found: Finding[] = [
    ...problems,
    ...moments.map(({ code, position }) => ({ code, entry: `${archive}#${position + 1}` })),
    ...checkWitnesses(manifest, log, archive, checkpoints),
    ...entryProblems(entries, roll, file),
  ];
  const final = checkpoints.at(-1);
  if (final && final.size !== size)
    found.push({ code: 'size-differs', entry: `${archive}#${checkpoints.length}` });
  if (bytes.length % width !== 0) found.push({ code: 'entry-malformed', entry: `${file}#${entries.length}` });
  return { value: entries.length, problems: found };
}

function split(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / width) }, (_, place) =>
    bytes.subarray(place * width, (place + 1) * width),
  );
}

function entryProblems(
  entries: readonly Uint8Array[],
  roll: readonly Uint8Array[] | null,
  file: string,
): Finding[] {
  const unused = roll && new Set(roll.map((one) => bytesToHex(one)));
  const used = new Set<string>();
  return entries.flatMap((bytes, place) => {
    const value = bytesToHex(bytes);
    const entry = `${file}#${place + 1}`;
    if (used.has(value)) return [{ code: 'entry-repeated', entry }];
    used.add(value);
    return unused && !unused.has(value) ? [{ code: 'entry-not-on-roll', entry }] : [];
  });
}
