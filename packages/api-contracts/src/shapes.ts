import { z } from 'zod';

/** Opaque id: lower-case letters, digits, dashes; 3 to 64 characters. */
export const IdShape = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{2,63}$/)
  .meta({ id: 'Id' });
/** RFC 3339 instant in UTC, to the millisecond or coarser. */
export const InstantShape = z.iso.datetime().meta({ id: 'Instant' });
/** ISO 8601 duration such as P30D or PT2H. */
export const DurationShape = z
  .string()
  .max(40)
  .regex(/^P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$/)
  .meta({ id: 'Duration' });
export const Sha256Shape = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ id: 'Sha256' });
/** Exact decimal as a string: never a float. */
export const DecimalShape = z
  .string()
  .regex(/^-?\d{1,15}(\.\d{1,12})?$/)
  .meta({ id: 'Decimal' });
/** A rational as decimal string or `p/q`. */
export const FractionShape = z
  .string()
  .max(60)
  .regex(/^-?\d+(\.\d+)?(\/\d+)?$/)
  .meta({ id: 'Fraction' });
export const MoneyShape = z
  .object({
    amount: z.int().meta({ description: 'Minor units (cents)' }),
    currency: z.string().regex(/^[A-Z]{3}$/),
  })
  .meta({ id: 'Money' });
export type Money = z.infer<typeof MoneyShape>;
/** Free text as people write it: something but spaces, no control characters but line breaks and tabs. */
export const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    // oxlint-disable-next-line no-control-regex -- control characters are what it refuses
    .regex(/^(?=[\s\S]*\S)[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/);
/** A published reason: stored first, then referenced by id and hash in decisions and events. */
export const TextRefShape = z.object({ id: IdShape, sha256: Sha256Shape }).meta({ id: 'TextRef' });
export type TextRef = z.infer<typeof TextRefShape>;
export const ReasonShape = text(4000).meta({ id: 'Reason', description: 'Published in full' });
/** Octets as they are; the only shape of an `application/octet-stream`. */
export const BytesShape = z
  .custom<Uint8Array>((value) => value instanceof Uint8Array)
  .meta({ override: { type: 'string', contentMediaType: 'application/octet-stream' } });
/** So many bytes in lower-case hexadecimal. */
export const hexOf = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
export const MunicipalityParams = z.object({ municipalityId: IdShape });
