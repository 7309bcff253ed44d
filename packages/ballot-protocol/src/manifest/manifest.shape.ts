import { AllocationRuleShape } from '@talkoot/allocation/rule';
import { z } from 'zod';

const hexOf = (bytes: number) =>
  z
    .string()
    .length(2 * bytes)
    .regex(/^[0-9a-f]*$/);
const Count = z.int().min(0).max(0xffffffff);
const Name = z.string().min(1).max(200);
/** Names that become part of file names or of signed notes' lines. */
const Slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/);
const KeyName = z.string().regex(/^[!-*,-~]{1,200}$/);
const Instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

const OptionShape = z.strictObject({ id: z.string().min(1).max(100) });
const PricedOptionShape = OptionShape.extend({ cost: z.int().min(1) });
const mostOptions = 10_000;
const pricedOptions = z.array(PricedOptionShape).min(1).max(mostOptions);
const plainOptions = z.array(OptionShape).min(1).max(mostOptions);
const Length = z.int().min(1).max(0xffff);
const choices = { minChoices: Count, maxChoices: z.int().min(1).max(mostOptions) };

/** What a ballot may say. Costs are in the integer unit of the budget. */
export const BallotRulesShape = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('approval'), options: pricedOptions, length: Length, ...choices }),
  z.strictObject({ type: z.literal('knapsack'), options: pricedOptions, length: Length, ...choices }),
  z.strictObject({
    type: z.literal('points'),
    options: pricedOptions,
    length: Length,
    ...choices,
    points: z.int().min(1).max(0xffffffff),
  }),
  z.strictObject({ type: z.literal('yes-no'), options: plainOptions, length: Length }),
  z.strictObject({
    type: z.literal('bonus'),
    /** May be empty: then a ballot is a share alone. */
    options: z.array(OptionShape).max(mostOptions),
    length: Length,
  }),
]);
export type BallotRules = z.infer<typeof BallotRulesShape>;

const budget = z.int().min(1);
const [GreedyShape, EqualSharesShape] = AllocationRuleShape.options;

/** How money follows votes: a rule with all its parameters, and the budget, in the integer unit of the costs. */
const AllocationShape = z.discriminatedUnion('rule', [
  GreedyShape.extend({ budget }),
  EqualSharesShape.extend({ budget }),
]);

/** What an issuer says of its seed of the lot before anybody votes: `sealLotSeed`. */
export const SealedSeedShape = z.strictObject({
  /** SHA-256 of `"talkoot-lot-v1" ‖ seed`. */
  commitment: hexOf(32),
  /** The seed, sealed to the poll's key: encapsulated key (65 bytes) and ciphertext (48). */
  sealed: hexOf(113),
});
export type SealedSeed = z.infer<typeof SealedSeedShape>;

const IssuerShape = z.strictObject({
  name: Slug,
  organisation: Name,
  modulus: hexOf(256),
  rollSize: z.int().min(0).max(10_000_000),
  rollHash: hexOf(32),
  logKey: hexOf(32),
  excluded: Count,
});
export type Issuer = z.infer<typeof IssuerShape>;

/** A trustee as the manifest names it. */
export const TrusteeShape = z.strictObject({
  name: Name,
  organisation: Name,
  index: z.int().min(1).max(255),
  /** Ed25519. */
  signingKey: hexOf(32),
});

/** The `key` of a manifest: who holds shares, and the points that shares are checked against. */
export const PollKeyShape = z.strictObject({
  threshold: z.int().min(2).max(255),
  trustees: z.array(TrusteeShape).min(2).max(255),
  commitments: z.array(hexOf(33)).min(2).max(255),
  transcript: hexOf(32),
});
export type PollKey = z.infer<typeof PollKeyShape>;

/** The shape of `manifest.json`; `manifestProblems` has the rules between its fields. */
export const ManifestShape = z.strictObject({
  protocol: z.literal('talkoot-poll-v1'),
  municipality: z.string().min(1).max(100),
  poll: z.string().min(1).max(100),
  kind: z.enum(['prioritisation', 'criteria', 'bonus']),
  ballot: BallotRulesShape,
  allocation: AllocationShape.nullable(),
  /** In the order of the issuers. */
  lot: z.tuple([SealedSeedShape, SealedSeedShape]),
  issuers: z.tuple([IssuerShape, IssuerShape]),
  key: PollKeyShape,
  board: z.strictObject({ origin: KeyName, publicKey: hexOf(32), batchSize: z.int().min(1).max(100_000) }),
  witnesses: z
    .array(z.strictObject({ name: KeyName, organisation: Name, publicKey: hexOf(32) }))
    .min(1)
    .max(100),
  /** Null where an authorised act ends each phase, as in rehearsals. */
  windows: z
    .strictObject({
      opens: Instant,
      certificatesClose: Instant,
      castingCloses: Instant,
      complaintsClose: Instant,
    })
    .nullable(),
  minima: z.strictObject({ roll: Count, counted: Count }),
  page: z.array(z.strictObject({ path: z.string().min(1).max(500), sha256: hexOf(32) })).max(10_000),
});
export type Manifest = z.infer<typeof ManifestShape>;
