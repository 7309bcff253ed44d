export const municipalityId = 'lintula';
/** Group under which the finance system takes events in. */
export const financeGroup = 'finance';
