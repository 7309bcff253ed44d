/** Everything that one store holds, in the order in which it was found: a collection, a topic, a history, a log. */
export interface Copy {
  readonly name: string;
  /** Documents, messages or lines, parsed where they can be. */
  readonly rows: readonly unknown[];
}

/** What a stored value comes down to: bytes are hexadecimal text, 32 to a word. */
export type Scalar = string | number | Date;

/** A value as stores hand it out, without the types of MongoDB; text that is JSON is read. */
export function plain(value: unknown): unknown {
  if (value instanceof Date || typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string') return parsed(value);
  if (value instanceof Uint8Array) return words(value);
  if (value === null || typeof value !== 'object') return null;
  if (value instanceof Map) return [...value];
  return '_bsontype' in value ? ofMongo(value as BsonValue) : value;
}

interface BsonValue {
  readonly _bsontype: string;
  readonly buffer?: Uint8Array;
  readonly position?: number;
  toHexString?(): string;
  toNumber?(): number;
  toString(): string;
}

function ofMongo(value: BsonValue): unknown {
  if (value._bsontype === 'ObjectId') return value.toHexString!();
  if (value._bsontype === 'Binary') return words(value.buffer!.subarray(0, value.position));
  if (value._bsontype === 'Timestamp') return Number(BigInt(value.toString()) >> 32n);
  return value.toNumber?.() ?? value.toString();
}

/** Hashes, keys and salts have 32 bytes: longer bytes are read as a row of them. */
function words(bytes: Uint8Array): string | string[] {
  const hex = Buffer.from(bytes).toString('hex');
  return hex.length <= wordLength ? hex : hex.match(new RegExp(`.{1,${wordLength}}`, 'g'))!;
}
const wordLength = 64;

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Words that could be a name of somebody or something, in a text: whole ids, and the runs of letters and digits in them. */
export function tokensOf(value: Scalar): readonly string[] {
  if (typeof value !== 'string' || value.length < shortest) return [];
  if (/^[0-9A-Za-z]+$/.test(value)) return [value];
  const words = value.match(/[0-9A-Za-z][\w+/=.:-]*/g) ?? [];
  const runs = value.match(/[0-9A-Za-z]+/g) ?? [];
  return [...new Set([value, ...words, ...runs])].filter((one) => one.length >= shortest);
}
const shortest = 6;
