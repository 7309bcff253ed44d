import { bytesToHex } from '@noble/hashes/utils.js';
import { readClosingRecord } from '../board/closing.record.ts';
import { policyOf } from '../board/witness.policy.ts';
import { parseComplaints } from '../board/receipt.ts';
import { openLotSeeds, optionsByLot } from '../counting/lot.seeds.ts';
import { recount } from '../counting/recount.ts';
import { ManifestError } from '../manifest/manifest.errors.ts';
import { readManifest } from '../manifest/manifest.read.ts';
import { verifySignature } from '../node/ed25519.ts';
import { bounds } from '../publication/bounds.ts';
import { files } from '../publication/files.ts';
import type { Publication } from '../publication/publication.ts';
import { wholeFile } from '../publication/publication.ts';
import { PublicationError } from '../publication/publication.errors.ts';
import { DesksShape, ReleaseShape, ResultShape } from '../publication/shapes.ts';
import type { Desks, Release, Result } from '../publication/shapes.ts';
import { readArchive } from './archive.reading.ts';
import type { ArchivedCheckpoint } from './archive.reading.ts';
import type { Audit } from './audit.ts';
import { readBoard } from './board.reading.ts';
import type { BoardReading } from './board.reading.ts';
import { checkBoardRoot, checkCheckpoints } from './checks/board.check.ts';
import { checkClosing } from './checks/closing.check.ts';
import { honourable } from './checks/complaints.check.ts';
import { checkDesks } from './checks/desks.check.ts';
import { checkIssuance } from './checks/issuances.check.ts';
import { checkMinima, checkRelease, checkReleasedBoard } from './checks/key.check.ts';
import { checkLot } from './checks/lot.check.ts';
import { checkNumbers } from './checks/numbers.check.ts';
import { checkAllocation, checkRejections, checkTally } from './checks/result.check.ts';
import { readReceipt, receiptState } from './checks/receipt.check.ts';
import { checkRoll } from './checks/rolls.check.ts';
import { checkWindows } from './checks/windows.check.ts';
import { jsonFile, parsedFile } from './file.reading.ts';
import { Findings } from './report.ts';
import type { Report } from './report.ts';

export interface VerifyOptions {
  /** The bytes of a voter's `receipt.json`, to be looked for on the board. */
  readonly receipt?: Uint8Array;
  /** Told after every batch how many leaves of the board were checked. */
  readonly onLeaves?: (leaves: number) => void;
}

/**
 * Recounts a poll from its public files and nothing else (PROTOCOL §8). What does not hold is in the report, which names
 * file and entry, also for a file that is missing or longer than it can be; no file is read beyond its bound. The function
 * itself fails only where the place cannot be reached.
 * @throws PublicationError `file-unreadable`
 */
export async function verify(publication: Publication, options: VerifyOptions = {}): Promise<Report> {
  const findings = new Findings();
  const read = await readBinding(publication, findings);
  if (!read) return findings.report(null, null);
  const audit: Audit = { publication, findings, ...read };
  const { binding } = audit;

  const issued = await checkIssuers(audit);
  const checkpoints = await checkArchive(audit);
  const ending = await readEnding(audit);
  const release = await readRelease(audit);
  const receipt = options.receipt === undefined ? null : readReceipt(binding, options.receipt);
  const board =
    checkpoints &&
    (await readBoard(audit, {
      checkpoints,
      closing: ending.closing,
      secretKey: release.secretKey,
      wanted: new Set([...ending.promised.keys(), ...(receipt?.hash ? [receipt.hash] : [])]),
      onLeaves: options.onLeaves,
    }));
  if (board) checkBoard(audit, { board, checkpoints, ending, release, issued });
  await checkResult(audit, board, release);
  const told = receipt && receiptState(binding.manifest, receipt, board, release.secretKey !== null);
  return findings.report(bytesToHex(binding.m), told);
}

async function readBinding(
  publication: Publication,
  findings: Findings,
): Promise<Pick<Audit, 'binding' | 'bytes'> | null> {
  try {
    const bytes = await wholeFile(publication, files.manifest, bounds.manifest);
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

/** How many certificates each issuer issued, null where it cannot be known. */
type Issued = readonly (number | null)[];

/** Rolls and issuance logs of both issuers. */
async function checkIssuers(audit: Audit): Promise<Issued> {
  const issued: (number | null)[] = [];
  let areKnown = true;
  for (const issuer of audit.binding.manifest.issuers) {
    const roll = await checkRoll(audit, issuer);
    const number = await checkIssuance(audit, issuer, roll);
    areKnown &&= roll !== null && number !== null;
    issued.push(number);
  }
  audit.findings.conclude('issuances', [], { if: areKnown });
  return issued;
}

/** The archived checkpoints of the board, who signed them and when. @returns null where there are none */
async function checkArchive(audit: Audit): Promise<readonly ArchivedCheckpoint[] | null> {
  const { manifest } = audit.binding;
  const { origin, publicKey } = manifest.board;
  const checkpoints = await readArchive(audit, {
    name: files.boardCheckpoints,
    policy: policyOf(manifest, { name: origin, publicKey }, verifySignature),
    checks: { archive: 'checkpoints', witnesses: 'witnesses' },
  });
  if (checkpoints) {
    audit.findings.add('witnesses');
    audit.findings.conclude('windows', checkWindows(manifest, checkpoints), {
      if: checkpoints.every(({ time }) => time !== null),
    });
  }
  return checkpoints;
}

/** How a board ended: complaints, totals of desks, and the record that binds them to it. */
interface Ending {
  /** Leaves that have to be on the board, by hash, and which complaint says so. */
  readonly promised: ReadonlyMap<string, string>;
  /** Whether there is a file of complaints to go by. */
  readonly hasComplaints: boolean;
  /** Undefined where they cannot be read. */
  readonly desks: Desks | undefined;
  /** The bytes of the closing record; null where there is none. */
  readonly closing: Uint8Array | null;
  /** Whether all that it says could be compared. */
  readonly isCompared: boolean;
}

async function readEnding(audit: Audit): Promise<Ending> {
  const { binding, findings } = audit;
  const { m, manifest } = binding;
  const complaints = await parsedFile(
    audit,
    { check: 'complaints', name: files.complaints, most: bounds.complaints(manifest) },
    parseComplaints,
  );
  const desks = await jsonFile(audit, { check: 'desks', name: files.desks, most: bounds.desks }, DesksShape);
  const closing = await parsedFile(
    audit,
    { check: 'closing', name: files.closing, most: bounds.closing },
    readClosingRecord,
  );
  if (closing?.value) {
    const published = { m, complaints: complaints?.bytes ?? null, desks: desks?.bytes ?? null };
    findings.suspect('closing', checkClosing(closing.value, published));
  }
  return {
    promised: honourable(binding, complaints?.value ?? []),
    hasComplaints: complaints?.value !== undefined,
    desks: desks?.value,
    closing: closing?.bytes ?? null,
    isCompared: closing?.value !== undefined && complaints !== null && desks !== null,
  };
}

interface Opening {
  /** Null if the key was not released, undefined where that cannot be known. */
  readonly release: Release | undefined;
  /** Null where ballots cannot be opened. */
  readonly secretKey: Uint8Array | null;
}

async function readRelease(audit: Audit): Promise<Opening> {
  const place = { check: 'key', name: files.release, most: bounds.release } as const;
  const release = (await jsonFile(audit, place, ReleaseShape))?.value;
  if (!release) return { release, secretKey: null };
  const { secretKey, problems } = checkRelease(audit.binding.manifest, release);
  audit.findings.suspect('key', problems);
  return { release, secretKey };
}

interface BoardContext {
  readonly board: BoardReading;
  readonly checkpoints: readonly ArchivedCheckpoint[];
  readonly ending: Ending;
  readonly release: Opening;
  readonly issued: Issued;
}

interface KeyContext extends Pick<BoardContext, 'board' | 'checkpoints' | 'release'> {
  /** Whether the board is the one that its final checkpoint is over. */
  readonly isWhole: boolean;
}

/** What follows from the leaves of the board, whatever their ballots say. */
function checkBoard(audit: Audit, { board, checkpoints, ending, release, issued }: BoardContext): void {
  const { findings, binding } = audit;
  const wrong = checkBoardRoot(board, checkpoints);
  const isWhole = board.isClosed && wrong.length === 0;
  findings.conclude('board-root', wrong, { if: isWhole });
  findings.add('checkpoints', checkCheckpoints(board, checkpoints));
  findings.conclude('closing', [], { if: isWhole && ending.isCompared });

  const broken = [...ending.promised].filter(([hash]) => !board.found.has(hash));
  findings.conclude(
    'complaints',
    broken.map(([, entry]) => ({ code: 'promise-broken', entry })),
    { if: ending.hasComplaints },
  );
  if (ending.desks) findings.add('desks', checkDesks(ending.desks, board.leaves));
  const numbers = checkNumbers(binding.manifest, board.deciding.keys, issued);
  findings.conclude('numbers', numbers, { if: issued.every((number) => number !== null) });

  checkKey(audit, { board, checkpoints, release, isWhole });
}

/** What was released, against the board: given for it, and for one of enough voters. */
function checkKey(
  { findings, binding }: Audit,
  { board, checkpoints, release: { release }, isWhole }: KeyContext,
): void {
  if (release === undefined) return;
  const minima = checkMinima(binding.manifest, board.deciding.keys, release);
  if (release === null) return findings.add('key', minima);
  findings.suspect('key', minima);
  if (isWhole) findings.add('key', checkReleasedBoard(binding, checkpoints.at(-1)!, release));
}

/** The published result, against the ballots of the board. */
async function checkResult(
  audit: Audit,
  board: BoardReading | null,
  { release, secretKey }: Opening,
): Promise<void> {
  const { findings } = audit;
  const place = { check: 'tally', name: files.result, most: bounds.result(board?.leaves ?? 0) } as const;
  const result = (await jsonFile(audit, place, ResultShape))?.value;
  if (release === null) return checkUnreleased(findings, result);
  if (result === undefined || board === null || secretKey === null) return;
  if (result === null) return findings.add('tally', [{ code: 'result-missing', entry: files.result }]);
  checkCount(audit, board, secretKey, result);
}

/** Everything that follows from the opened ballots. */
function checkCount(
  { findings, binding }: Audit,
  board: BoardReading,
  secretKey: Uint8Array,
  result: NonNullable<Result>,
): void {
  const { manifest } = binding;
  const recounted = recount(manifest, board.deciding);
  findings.add('rejections', checkRejections(recounted, result));
  findings.add('tally', checkTally(manifest, recounted, board.deciding, result));
  const seeds = openLotSeeds(manifest, secretKey);
  findings.add('lot', checkLot(manifest.issuers, seeds, result));
  findings.add('allocation', checkAllocation(manifest, recounted, optionsByLot(binding, seeds), result));
}

/** Without release nothing may be known of the votes. */
function checkUnreleased(findings: Findings, result: Result | undefined): void {
  findings.add('tally', result ? [{ code: 'result-without-release', entry: files.result }] : []);
  for (const name of ['rejections', 'lot', 'allocation'] as const) findings.add(name);
}
