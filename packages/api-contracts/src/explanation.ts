import { z } from 'zod';
import { MoneyShape } from './shapes.ts';

/** Where a line comes from and can be checked: by id, and by hash where the thing has one. */
export const SourceShape = z.object({ kind: z.string(), id: z.string(), sha256: z.string().nullable() });

/** Why is it so much? The computation of one amount or score, part by part, down to what it rests on. */
export const ExplanationShape = z
  .object({
    kind: z.string(),
    id: z.string(),
    /** What it comes to, in words. */
    result: z.string(),
    /** Null of a score. */
    amount: MoneyShape.nullable(),
    parts: z.array(
      z.object({ title: z.string(), lines: z.array(z.string()), sources: z.array(SourceShape) }),
    ),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof ExplanationShape>;
export type ExplanationPart = Explanation['parts'][number];
