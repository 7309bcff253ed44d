import { z } from 'zod';

/**
 * The same shape, refusing keys it does not name at its top level. Answers stay lenient so that a client
 * survives an added field; what comes in does not, so that a misspelt field is never silently dropped.
 *
 * A clone is made instead of calling `.strict()` on the declared shape: a registered shape that is derived from
 * would be emitted as an `allOf` of both, which nothing satisfies.
 */
export function refuseUnknownKeys<T extends z.ZodType>(shape: T): T {
  if (shape instanceof z.ZodObject) {
    if (shape.def.catchall) return shape;
    return withMeta(shape, shape.clone({ ...shape.def, catchall: z.never() }) as unknown as T);
  }
  if (shape instanceof z.ZodUnion) {
    const options = shape.def.options.map((option) => refuseUnknownKeys(option as z.ZodType));
    return withMeta(shape, shape.clone({ ...shape.def, options }) as unknown as T);
  }
  return shape;
}

function withMeta<T extends z.ZodType>(from: z.ZodType, to: T): T {
  const { id: _, ...meta } = from.meta() ?? {};
  return Object.keys(meta).length > 0 ? to.meta(meta) : to;
}
