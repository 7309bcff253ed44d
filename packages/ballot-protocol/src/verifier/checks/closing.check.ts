import { hash } from 'node:crypto';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { ClosingRecord } from '../../board/closing.record.ts';
import { files } from '../../publication/files.ts';
import type { Finding } from '../report.ts';

/** What a closing record speaks of, as it was published; null where a file could not be read. */
export interface Closed {
  readonly m: Uint8Array;
  readonly complaints: Uint8Array | null;
  readonly desks: Uint8Array | null;
}

/** The closing record names this poll, these complaints and these desks. */
export function checkClosing(record: ClosingRecord, { m, complaints, desks }: Closed): Finding[] {
  return [
    ...(record.manifest === bytesToHex(m) ? [] : [{ code: 'manifest-differs', entry: files.closing }]),
    ...differing(files.complaints, record.complaints, complaints),
    ...differing(files.desks, record.desks, desks),
  ];
}

function differing(entry: string, expected: string, bytes: Uint8Array | null): Finding[] {
  return bytes === null || hash('sha256', bytes) === expected ? [] : [{ code: 'hash-differs', entry }];
}
