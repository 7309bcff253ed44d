import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** A label and what it binds, joined: the first bytes of whatever is signed, sealed or hashed. */
export function bound(label: string, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concatBytes(utf8ToBytes(label), ...parts);
}

/** Two bytes, big-endian. */
export function u16(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2);
  new DataView(bytes.buffer).setUint16(0, value);
  return bytes;
}

/** Four bytes, big-endian. */
export function u32(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** The number that two bytes at `offset` say, big-endian. */
export function readU16(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint16(offset);
}

/** The number that four bytes at `offset` say, big-endian. */
export function readU32(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset);
}
