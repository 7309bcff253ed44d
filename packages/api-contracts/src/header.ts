import { z } from 'zod';

/** What a client chooses to make a repeated request the same act: 8 to 200 visible ASCII characters. */
export const IdempotencyKeyShape = z.string().regex(/^[!-~]{8,200}$/);
/** A quoted entity tag as it was answered in `ETag`. */
export const IfMatchShape = z.string().regex(/^"[!#-~]{1,100}"$/);
