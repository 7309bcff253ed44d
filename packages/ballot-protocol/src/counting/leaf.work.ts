import type { LeafRefusal } from '../cast/leaf.check.ts';

/** Leaves one after the other, for a worker thread to check and open. */
export interface LeafWork {
  readonly leaves: Uint8Array<ArrayBuffer>;
}

/** What a worker thread is told once. */
export interface LeafWorkSetting {
  /** The bytes of `manifest.json`. */
  readonly manifest: Uint8Array;
  /** The poll's secret key; null where it was not released. */
  readonly secretKey: Uint8Array | null;
}

/** What became of the leaves, in their order. */
export interface LeafOutcome {
  readonly refusals: readonly { readonly place: number; readonly refusal: LeafRefusal }[];
  /** 32 bytes for each leaf: its leaf hash. */
  readonly hashes: Uint8Array;
  /** 32 bytes for each leaf: its public key; zeros where it is refused. */
  readonly keys: Uint8Array;
  /** A byte for each leaf: its sequence; 0 where it is refused. */
  readonly sequences: Uint8Array;
  /** A byte for each leaf: 1 where its seal opened. */
  readonly opened: Uint8Array;
  /** `ballot.length` bytes for each leaf; zeros where nothing was opened. */
  readonly plaintexts: Uint8Array;
}
