import { describe, expect, it } from 'vitest';
import {
  asOf,
  COOLING_OFF_MS,
  newPersonnel,
  numbersOf,
  requireChange,
  withConfirmation,
  withProposal,
} from './personnel.ts';

const at = new Date('2027-03-01T09:00:00.000Z');
const later = (ms: number) => new Date(at.getTime() + ms);
const refused = (code: string) => expect.objectContaining({ code });
const nobody = newPersonnel('lintula', 'per-1');
const propose = (
  before: typeof nobody,
  personnelNumber: string | null,
  when = at,
  changeId = `chg-${personnelNumber}`,
) => withProposal(before, { changeId, personnelNumber, by: 'per-hr', at: when });
const numbered = withConfirmation(propose(nobody, 'P-1'), 'chg-P-1', 'per-payroll', at);

describe('a personnel number', () => {
  it('counts once a second person confirmed it: a first one at once', () => {
    const proposed = propose(nobody, 'P-1');
    expect(proposed).toMatchObject({
      personnelNumber: null,
      change: { personnelNumber: 'P-1', coolsOffAt: at },
    });
    expect(asOf(proposed, later(COOLING_OFF_MS))).toBe(proposed);
    expect(numbered).toMatchObject({ personnelNumber: 'P-1', change: null });
  });

  it.each([['P-2'], [null]])('replaced by %j counts as before until that has cooled off', (next) => {
    const confirmed = withConfirmation(propose(numbered, next), `chg-${next}`, 'per-payroll', at);
    expect(confirmed).toMatchObject({ personnelNumber: 'P-1', change: { confirmedBy: 'per-payroll' } });
    expect(asOf(confirmed, later(COOLING_OFF_MS - 1)).personnelNumber).toBe('P-1');
    expect(asOf(confirmed, later(COOLING_OFF_MS))).toMatchObject({ personnelNumber: next, change: null });
  });

  it('after none is not a first one: it waits like any other', () => {
    const none = withConfirmation(propose(numbered, null), 'chg-null', 'per-payroll', at);
    const when = later(COOLING_OFF_MS);
    const next = withConfirmation(propose(none, 'P-9', when), 'chg-P-9', 'per-payroll', when);
    expect(next).toMatchObject({ personnelNumber: null, change: { confirmedBy: 'per-payroll' } });
    expect(asOf(next, later(2 * COOLING_OFF_MS - 1)).personnelNumber).toBeNull();
    expect(asOf(next, later(2 * COOLING_OFF_MS)).personnelNumber).toBe('P-9');
  });

  it('is confirmed neither by whoever proposed it nor by its person, who proposes none either', () => {
    const proposed = propose(numbered, 'P-2');
    const confirm = (by: string, changeId = 'chg-P-2') => withConfirmation(proposed, changeId, by, at);
    expect(() => confirm('per-hr')).toThrow(refused('same-person-twice'));
    expect(() => confirm('per-1')).toThrow(refused('own-number'));
    expect(() => confirm('per-payroll', 'chg-other')).toThrow(refused('personnel-change-unknown'));
    const own = { changeId: 'chg-9', personnelNumber: 'P-9', by: 'per-1', at };
    expect(() => withProposal(nobody, own)).toThrow(refused('own-number'));
  });

  it('proposed again waits on; another one waits anew, and the confirmation of the former is worth nothing', () => {
    const confirmed = withConfirmation(propose(numbered, 'P-2'), 'chg-P-2', 'per-payroll', at);
    expect(propose(confirmed, 'P-2', later(1), 'chg-again')).toBe(confirmed);
    const replaced = propose(confirmed, 'P-3', later(1));
    expect(replaced.change).toMatchObject({ changeId: 'chg-P-3', confirmedBy: null });
    expect(() => requireChange(replaced, 'chg-P-2', later(1))).toThrow(refused('personnel-change-unknown'));
    expect(propose(replaced, 'P-1', later(2)).change).toBeNull();
  });

  it('that has begun to count is refused no more', () => {
    const confirmed = withConfirmation(propose(numbered, 'P-2'), 'chg-P-2', 'per-payroll', at);
    expect(() => requireChange(confirmed, 'chg-P-2', later(COOLING_OFF_MS))).toThrow(
      refused('personnel-change-unknown'),
    );
  });

  it('holds itself and the one that waits against everybody else', () => {
    expect(numbersOf(nobody)).toEqual([]);
    expect(numbersOf(propose(numbered, 'P-2'))).toEqual(['P-1', 'P-2']);
    expect(numbersOf(propose(numbered, null))).toEqual(['P-1']);
  });
});
