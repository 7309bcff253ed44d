import { bytesToHex } from '@noble/hashes/utils.js';
import { parseComplaints } from '../board/receipt.ts';
import type { Manifest } from '../manifest/manifest.shape.ts';
import { ManifestError } from '../manifest/manifest.errors.ts';
import { readManifest } from '../manifest/manifest.read.ts';
import type { BindingManifest } from '../manifest/manifest.read.ts';
import { files } from '../publication/files.ts';
import type { Publication } from '../publication/publication.ts';
import { wholeFile } from '../publication/publication.ts';
import { PublicationError } from '../publication/publication.errors.ts';
import { DesksShape, ReleaseShape, ResultShape } from '../publication/shapes.ts';
import { openLotSeeds, optionsByLot } from '../counting/lot.seeds.ts';
import { recount } from '../counting/recount.ts';
import { readBoard } from './board.reading.ts';
import { checkBoardRoot, checkCheckpoints, checkReleased } from './checks/board.check.ts';
import { honourable } from './checks/complaints.check.ts';
import { checkDesks } from './checks/desks.check.ts';
import { readIssuance } from './checks/issuances.check.ts';
import { checkRelease, checkReleasedBoard } from './checks/key.check.ts';
import { checkLot } from './checks/lot.check.ts';
import { checkNumbers } from './checks/numbers.check.ts';
import { checkAllocation, checkRejections, checkTally } from './checks/result.check.ts';
import { readReceipt, receiptState } from './checks/receipt.check.ts';
import { readRollFile } from './checks/rolls.check.ts';
import { checkWitnesses } from './checks/witnesses.check.ts';
import { jsonFile, parsedFile, readArchive, within } from './file.reading.ts';
import { Findings } from './report.ts';
import type { Report } from './report.ts';

export interface VerifyOptions {
  /** The bytes of a voter's `receipt.json`, to be looked for on the board. */
  readonly receipt?: Uint8Array;
  /** The checkpoint, a signed note, that a trustee kept when it gave its share: the board has to be the same still. */
  readonly released?: Uint8Array;
  /** Told after every batch how many leaves of the board were checked. */
  readonly onLeaves?: (leaves: number) => void;
}

const most = { manifest: 16 * 1024 * 1024, json: 1024 * 1024 * 1024, archive: 512 * 1024 * 1024 };

/**
 * Recounts a poll from its public files and nothing else (PROTOCOL §8). What does not hold is in the report, which names
 * file and entry; the function itself fails only where files cannot be read.
 * @throws PublicationError `file-unreadable`
 */
export async function verify(publication: Publication, options: VerifyOptions = {}): Promise<Report> {
  const findings = new Findings();
  const read = await readBinding(publication, findings);
  if (!read) return findings.report(null, null);
  const { binding, bytes } = read;
  const { manifest, m } = binding;

  const issuers = await checkIssuers(publication, manifest, m, findings);
  const checkpoints = await readArchive(publication, files.boardCheckpoints, most.archive);
  findings.add('checkpoints', checkpoints.problems);
  findings.add(
    'witnesses',
    checkWitnesses(manifest, boardLog(manifest), files.boardCheckpoints, checkpoints.read),
  );

  const complaints = await within('complaints', findings, () =>
    parsedFile(publication, files.complaints, most.json, parseComplaints),
  );
  const promised = honourable(binding, complaints ?? []);
  const receipt = options.receipt === undefined ? null : readReceipt(binding, options.receipt);

  const release = await jsonFile(publication, files.release, ReleaseShape, most.json);
  findings.add('key', release.problems);
  const key = release.value ? checkRelease(manifest, release.value) : null;
  if (key) findings.add('key', key.problems);
  const secretKey = key?.secretKey ?? null;

  const board = await readBoard(publication, {
    binding,
    manifest: bytes,
    checkpoints: checkpoints.read,
    secretKey,
    wanted: new Set([...promised.keys(), ...(receipt?.hash ? [receipt.hash] : [])]),
    findings,
    onLeaves: options.onLeaves,
  });
  const differing = checkBoardRoot(board.replay, checkpoints.read);
  findings.add('board-root', differing);
  findings.add('checkpoints', checkCheckpoints(board.replay));
  const final = checkpoints.read.at(-1);
  if (release.value && final && differing.length === 0)
    findings.add('key', checkReleasedBoard(binding, final, release.value));
  if (options.released) findings.add('checkpoints', checkReleased(board.replay, options.released));
  findings.add(
    'complaints',
    [...promised].flatMap(([hash, entry]) =>
      board.found.has(hash) ? [] : [{ code: 'promise-broken', entry }],
    ),
  );
  findings.add('numbers', checkNumbers(manifest, board.deciding.keys, issuers.issued));

  const desks = await jsonFile(publication, files.desks, DesksShape, most.json);
  findings.add('desks', [...desks.problems, ...checkDesks(desks.value ?? [], board.leaves)]);

  const result = await jsonFile(publication, files.result, ResultShape, most.json);
  if (release.value === null) {
    checkUnreleased(manifest, board.deciding.keys, result.value, findings);
    findings.add('tally', result.problems);
  } else if (secretKey) {
    const recounted = recount(manifest, board.deciding);
    findings.add('rejections', result.value ? checkRejections(recounted, result.value) : []);
    findings.add('tally', [
      ...result.problems,
      ...checkTally(manifest, recounted, board.deciding, result.value),
    ]);
    const seeds = openLotSeeds(manifest, secretKey);
    findings.add('lot', result.value ? checkLot(manifest.issuers, seeds, result.value) : []);
    findings.add(
      'allocation',
      result.value ? checkAllocation(manifest, recounted, optionsByLot(binding, seeds), result.value) : [],
    );
  }
  const told = receipt && receiptState(manifest, receipt, board, secretKey !== null);
  return findings.report(bytesToHex(m), told);
}

async function readBinding(
  publication: Publication,
  findings: Findings,
): Promise<{ binding: BindingManifest; bytes: Uint8Array } | null> {
  try {
    const bytes = await wholeFile(publication, files.manifest, most.manifest);
    findings.add('manifest');
    return { binding: readManifest(bytes), bytes };
  } catch (error) {
    if (!(error instanceof ManifestError || error instanceof PublicationError)) throw error;
    if (error.code === 'file-unreadable') throw error;
    const problems = error instanceof ManifestError ? error.problems : [{ code: error.code, at: '' }];
    findings.add(
      'manifest',
      problems.map(({ code, at }) => ({
        code,
        entry: at === '' ? files.manifest : `${files.manifest}: ${at}`,
      })),
    );
    return null;
  }
}

/** Rolls and issuance logs of both issuers. @returns how many certificates each issued, null where it cannot be known */
async function checkIssuers(
  publication: Publication,
  manifest: Manifest,
  m: Uint8Array,
  findings: Findings,
): Promise<{ readonly issued: readonly (number | null)[] }> {
  const issued: (number | null)[] = [];
  for (const issuer of manifest.issuers) {
    const roll = await within('rolls', findings, () => readRollFile(publication, issuer));
    const log = await within('issuances', findings, () =>
      readIssuance(publication, { manifest, m, issuer, roll: roll ?? null, mostArchive: most.archive }),
    );
    issued.push(log ?? null);
  }
  return { issued };
}

const boardLog = ({ board }: Manifest) => ({ name: board.origin, publicKey: board.publicKey });

/** Without release nothing may be known of the votes, and a minimum must not have been reached. */
function checkUnreleased(manifest: Manifest, keys: number, result: unknown, findings: Findings): void {
  const { minima, issuers } = manifest;
  const enough = keys >= minima.counted && issuers.every(({ rollSize }) => rollSize >= minima.roll);
  findings.add('key', enough ? [{ code: 'release-missing', entry: files.release }] : []);
  findings.add('tally', result === null ? [] : [{ code: 'result-without-release', entry: files.result }]);
  for (const name of ['rejections', 'lot', 'allocation'] as const) findings.add(name);
}
