import { DateTime } from 'luxon';

/** Who may vote or endorse. */
export interface ElectorateRule {
  readonly minimumAge: number;
  /** Empty: every district. */
  readonly districts: readonly string[];
}

/** The rule on one day, as bounds that dates in ISO form are compared with. */
export interface Eligibility {
  readonly bornOnOrBefore: string;
  readonly livesHereSince: string;
  readonly districts: readonly string[];
}

/** The bounds of a rule at an instant. The day is that of the municipality's zone: a birthday begins at its midnight. */
export function eligibilityAt(rule: ElectorateRule, asOf: Date, zone: string): Eligibility {
  const day = DateTime.fromJSDate(asOf, { zone }).startOf('day');
  return {
    bornOnOrBefore: day.minus({ years: rule.minimumAge }).toISODate()!,
    livesHereSince: day.toISODate()!,
    districts: rule.districts,
  };
}

export interface Residence {
  readonly birthDate: string;
  readonly district: string;
  /** Day from which the person lives here; empty for always. */
  readonly validFrom: string;
}

export function isEligible(residence: Residence, bounds: Eligibility): boolean {
  return (
    residence.birthDate <= bounds.bornOnOrBefore &&
    residence.validFrom <= bounds.livesHereSince &&
    (bounds.districts.length === 0 || bounds.districts.includes(residence.district))
  );
}

/** Districts as they come in a query: comma-separated. */
export function districtsIn(text: string): string[] {
  return text.split(',').flatMap((one) => one.trim() || []);
}
