import { ImpactError } from '../impact.errors.ts';

export interface Observation {
  readonly value: number;
  readonly unit: string;
}

/** One unit (a school, a street) measured before and after. */
export interface UnitReading {
  readonly before: number;
  readonly after: number;
}

/**
 * The values of observations that share the criterion's unit.
 * @throws ImpactError `unit-mismatch`: nothing is converted silently
 */
export function valuesIn(unit: string, observations: readonly Observation[]): number[] {
  return observations.map((observation) => {
    if (observation.unit !== unit)
      throw new ImpactError('unit-mismatch', `${observation.unit} is not ${unit}`);
    return observation.value;
  });
}

/** How much each unit changed. */
export function changesOf(units: readonly UnitReading[]): number[] {
  return units.map(({ before, after }) => after - before);
}
