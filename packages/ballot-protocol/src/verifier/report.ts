import type { Rejection } from '../ballot/ballot.ts';

/** The checks of PROTOCOL §8, in the order in which they are reported. */
export const checkNames = [
  'manifest',
  'rolls',
  'board-root',
  'checkpoints',
  'witnesses',
  'windows',
  'certificates',
  'signatures',
  'sequences',
  'issuances',
  'numbers',
  'complaints',
  'closing',
  'key',
  'rejections',
  'tally',
  'lot',
  'allocation',
  'desks',
] as const;
export type CheckName = (typeof checkNames)[number];

/** One thing that does not hold. */
export interface Finding {
  /** Stable, in kebab case. */
  readonly code: string;
  /** Where: a file, a leaf (`board.bin#17`, counted from 1), a checkpoint, an option. */
  readonly entry: string;
}

/** `not-run`: something that it builds on failed. */
export type CheckState = 'passed' | 'failed' | 'not-run';

export interface CheckResult {
  readonly name: CheckName;
  readonly state: CheckState;
  /** How many findings there are; `findings` holds the first of them. */
  readonly count: number;
  readonly findings: readonly Finding[];
}

/**
 * What became of the ballot of a receipt.
 * - `invalid`: the receipt is of another poll, or the board never promised this leaf
 * - `missing`: promised, and not on the board
 * - `published`: on the board; what it says is not known before release
 * - `unknown`: the board cannot be read
 * - `counted`, `replaced` by a later one, `rejected`: after release
 */
export interface ReceiptResult {
  readonly outcome: 'invalid' | 'missing' | 'unknown' | 'published' | 'counted' | 'replaced' | 'rejected';
  /** Its place on the board, counted from 1. */
  readonly leaf: number | null;
  /** Why it was rejected. */
  readonly reason: Rejection | null;
}

export interface Report {
  /** Every check passed, and the receipt, where one was shown, is honoured. */
  readonly holds: boolean;
  /** SHA-256 of the manifest, hexadecimal; null when it cannot be read. */
  readonly manifest: string | null;
  readonly checks: readonly CheckResult[];
  /** Null where no receipt was shown. */
  readonly receipt: ReceiptResult | null;
}

const unhonoured: ReadonlySet<ReceiptResult['outcome']> = new Set(['invalid', 'missing', 'unknown']);
const mostShown = 20;

/** Gathers findings; what a check finds is bounded, how much it found is not. */
export class Findings {
  readonly #run = new Map<CheckName, { count: number; findings: Finding[] }>();

  /** Notes that a check ran, with what it found so far; may be called again for more. */
  add(name: CheckName, found: readonly Finding[] = []): void {
    const entry = this.#run.get(name) ?? { count: 0, findings: [] };
    entry.count += found.length;
    entry.findings.push(...found.slice(0, mostShown - entry.findings.length));
    this.#run.set(name, entry);
  }

  /** Notes what was found by a part of a check: without findings that does not mean that it ran. */
  suspect(name: CheckName, found: readonly Finding[]): void {
    if (found.length > 0) this.add(name, found);
  }

  /** As `add` if everything was there that the check builds on, otherwise as `suspect`. */
  conclude(name: CheckName, found: readonly Finding[], { if: isWhole }: { readonly if: boolean }): void {
    if (isWhole) this.add(name, found);
    else this.suspect(name, found);
  }

  report(manifest: string | null, receipt: ReceiptResult | null): Report {
    const checks = checkNames.map((name) => this.#result(name));
    const honoured = receipt === null || !unhonoured.has(receipt.outcome);
    return { holds: honoured && checks.every(({ state }) => state === 'passed'), manifest, checks, receipt };
  }

  #result(name: CheckName): CheckResult {
    const run = this.#run.get(name);
    if (!run) return { name, state: 'not-run', count: 0, findings: [] };
    return { name, state: run.count === 0 ? 'passed' : 'failed', ...run };
  }
}
