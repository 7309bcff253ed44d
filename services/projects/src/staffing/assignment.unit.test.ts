import { describe, expect, it } from 'vitest';
import { assignmentsOf, everAssigned, withStaff } from './assignment.ts';

const hours = (personId: string, of = 10) => ({ personId, hours: of });
const [spring, summer, autumn] = ['2027-03-01', '2027-06-01', '2027-09-01'].map(
  (day) => `${day}T08:00:00.000Z`,
);
const none = { staff: null, phase: 'staffing' };
const first = withStaff(
  none,
  { lead: 'per-a', civilServants: [hours('per-a'), hours('per-b')] },
  { by: 'per-m', at: spring! },
);

describe('an assignment', () => {
  it('ends for whoever is not named any more once the work has begun, and goes on for the others', () => {
    const change = { lead: 'per-c', civilServants: [hours('per-c'), hours('per-b', 20)] };
    const after = withStaff({ staff: first, phase: 'delivery' }, change, { by: 'per-n', at: summer! });
    expect(after).toEqual({
      lead: 'per-c',
      civilServants: [
        { ...hours('per-c'), since: summer },
        { ...hours('per-b', 20), since: spring },
      ],
      former: [{ ...hours('per-a'), since: spring, until: summer }],
      assignedBy: ['per-m', 'per-n'],
      at: spring,
    });
    const again = { lead: 'per-a', civilServants: [hours('per-a', 5)] };
    const later = withStaff({ staff: after, phase: 'delivery' }, again, { by: 'per-n', at: autumn! });
    expect(assignmentsOf({ staff: later }, 'per-a').map(({ until }) => until)).toEqual([summer, null]);
    expect(new Set(everAssigned({ staff: later }))).toEqual(new Set(['per-a', 'per-b', 'per-c']));
  });

  it('before the work began leaves nothing behind', () => {
    const change = { lead: 'per-b', civilServants: [hours('per-b')] };
    const after = withStaff({ staff: first, phase: 'staffing' }, change, { by: 'per-m', at: summer! });
    expect(everAssigned({ staff: after })).toEqual(['per-b']);
  });
});
