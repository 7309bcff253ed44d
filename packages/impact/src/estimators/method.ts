/** How an effect is estimated. */
export const methods = [
  'against-goal',
  'before-after',
  'difference-in-differences',
  'synthetic-control',
  'interrupted-time-series',
] as const;
export type Method = (typeof methods)[number];
