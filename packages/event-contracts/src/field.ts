import { z } from 'zod';

/**
 * An opaque id: no spaces and no `@`, so that a name, an address or a mail address
 * does not fit into an event by mistake.
 */
export const opaqueId = z
  .string()
  .max(300)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/+,~=-]*$/);

/** A word of the domain (a phase, a step, a role, a reason code), never free text. */
export const code = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/+,-]*$/);

/** An instant in UTC, ISO 8601 with `Z`. */
export const instant = z.iso.datetime();

/** A decimal number as text, so that no reader rounds it. */
export const decimal = z
  .string()
  .max(60)
  .regex(/^-?\d+(\.\d+)?$/);

/** The SHA-256 of a text that is stored elsewhere, in lower-case hexadecimal. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** An amount in whole minor units (cents) of an ISO 4217 currency. */
export const moneyAmount = z.object({
  amount: z.int(),
  currency: z.string().regex(/^[A-Z]{3}$/),
});

/** A whole number that counts something. */
export const count = z.int().nonnegative();
