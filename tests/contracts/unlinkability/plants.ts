import type { Copy } from './copy.ts';

/** A casting as it went by, known to whoever plants a leak: which leaf, whose, when, and in which request it was certified. */
export interface Witnessed {
  readonly leafHash: string;
  readonly personId: string;
  readonly at: number;
  /** Trace of the request that issued this voter's certificate. */
  readonly traceId: string;
}
export interface Leak {
  readonly name: string;
  /** @param castings in the order in which they came */
  readonly plant: (copies: readonly Copy[], castings: readonly Witnessed[]) => Copy[];
}

type Row = Readonly<Record<string, unknown>>;

/** Puts something beside each ballot, wherever ballots are kept under their hash. */
function besideBallots(
  copies: readonly Copy[],
  castings: readonly Witnessed[],
  add: (casting: Witnessed, nth: number) => Row,
): Copy[] {
  const nth = new Map(castings.map(({ leafHash }, index) => [leafHash, index]));
  return copies.map(({ name, rows }) => ({
    name,
    rows: rows.map((row) => {
      const at = nth.get(hashIn(row) ?? '');
      return at === undefined ? row : { ...(row as Row), ...add(castings[at]!, at) };
    }),
  }));
}

function hashIn(row: unknown): string | undefined {
  if (row === null || typeof row !== 'object') return undefined;
  return Object.values(row)
    .flatMap((value) => hexOf(value) ?? [])
    .find((hex) => /^[0-9a-f]{64}$/.test(hex));
}

function hexOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  const binary = value as { _bsontype?: string; buffer?: Uint8Array } | null;
  return binary?._bsontype === 'Binary' ? Buffer.from(binary.buffer!).toString('hex') : undefined;
}

const objectId = (at: number, nth: number) =>
  `${Math.floor(at / 1000).toString(16)}5f3a9c04e1${(0x7a_10_00 + nth).toString(16)}`;

/** Mistakes by which a store would give voters away: the four of the requirement, and others of their kind. */
export const leaks: readonly Leak[] = [
  {
    name: 'ballots have ObjectIds',
    plant: (copies, castings) =>
      besideBallots(copies, castings, ({ at }, nth) => ({ _id: objectId(at, nth) })),
  },
  {
    name: 'the sequence of a ballot is a clock',
    plant: (copies, castings) =>
      besideBallots(copies, castings, ({ at }) => ({ sequence: at - castings[0]!.at })),
  },
  {
    name: 'ballots lie in the order in which they came',
    plant: (copies, castings) => {
      const nth = new Map(castings.map(({ leafHash }, index) => [leafHash, index]));
      const placeOf = (row: unknown) => nth.get(hashIn(row) ?? '') ?? -1;
      return copies.map(({ name, rows }) => ({
        name,
        rows: rows.some((row) => placeOf(row) >= 0)
          ? rows.toSorted((one, other) => placeOf(one) - placeOf(other))
          : rows,
      }));
    },
  },
  {
    name: 'a ballot keeps the trace in which its voter was certified',
    plant: (copies, castings) => besideBallots(copies, castings, ({ traceId }) => ({ traceId })),
  },
  {
    name: 'the receipt is kept beside the person',
    plant: (copies, castings) => [
      ...copies,
      { name: 'notices', rows: castings.map(({ personId, leafHash }) => ({ personId, receipt: leafHash })) },
    ],
  },
  {
    name: 'a ballot keeps when its voter was certified',
    plant: (copies, castings) =>
      besideBallots(copies, castings, ({ at }) => ({ certifiedAt: new Date(at).toISOString() })),
  },
  {
    name: 'a batch lists its ballots in the order in which they came',
    plant: (copies, castings) => [
      ...copies,
      { name: 'batches', rows: [{ leaves: castings.map(({ leafHash }) => leafHash) }] },
    ],
  },
  {
    name: 'one log tells of both, a line each',
    plant: (copies, castings) => [
      ...copies,
      {
        name: 'access.log',
        rows: castings.flatMap(({ personId, leafHash }) => [
          `GET /v1/m/lintula/people/${personId} 200`,
          `GET /v1/polls/pol-1/receipts/${leafHash} 200`,
        ]),
      },
    ],
  },
];
