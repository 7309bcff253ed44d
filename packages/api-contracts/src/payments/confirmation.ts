import { z } from 'zod';
import { IdShape, InstantShape, Sha256Shape, TextRefShape } from '../shapes.ts';

/** What one person proposed with a public reason, and who confirmed exactly that by its hash; null before. */
export const ConfirmationShape = z.object({
  reason: TextRefShape,
  by: IdShape,
  sha256: Sha256Shape,
  at: InstantShape,
  confirmedBy: IdShape.nullable(),
});
