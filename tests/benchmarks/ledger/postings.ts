/** Cents of each commitment. */
export const amount = 10_000;
export const municipalityId = 'lintula';

export const bookOf = (pilotId: string) => ({ municipalityId, pilotId, fiscalYear: 2027, currency: 'EUR' });

/** A commitment that is raised: two entries. */
export interface Posting {
  readonly pilotId: string;
  readonly projectId: string;
  readonly key: string;
}
