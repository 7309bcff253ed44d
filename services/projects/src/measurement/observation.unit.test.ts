import type { Criterion } from '@talkoot/api-contracts/projects';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cyclists } from '../projects.fixture.ts';
import { readObservations } from './observation.csv.ts';
import { missingIn } from './observation.ts';

const header = 'criterion,collection,observed_at,value,unit,group,unit_name';
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

describe('observations as CSV', () => {
  it('are read as they were written, whatever the units are called', () => {
    const names = fc
      .string({ minLength: 1, maxLength: 20 })
      .filter((one) => /^[^\p{C}]+$/u.test(one) && one.trim() === one);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer(), names), { minLength: 1, maxLength: 20 }), (rows) => {
        const lines = rows.map(
          ([value, name]) => `crt-1,c1,2026-11-01T10:00:00Z,${value},cars,,${quoted(name)}`,
        );
        const read = readObservations([header, ...lines].join('\n'));
        expect(
          Array.isArray(read) && read.map(({ line, reading }) => [line, reading.value, reading.unitName]),
        ).toEqual(rows.map(([value, name], index) => [index + 2, String(value), name]));
      }),
    );
  });
  it('name the line of every fault', () => {
    const text = [header, 'crt-1,c1,yesterday,1,cars,,', 'crt-1,c1,2026-11-01T10:00:00Z,1e3,cars,,'].join(
      '\n',
    );
    expect(readObservations(text)).toMatchObject({ offences: [{ at: 'line.2' }, { at: 'line.3' }] });
  });
  it('are refused, never misread, when they are broken', () => {
    fc.assert(
      fc.property(fc.string(), (noise) => {
        const read = readObservations(`${header}\n${noise}`);
        expect('offences' in read ? read.offences.length : 0).toBeGreaterThan(0);
      }),
    );
  });
});

describe('what is missing', () => {
  const plain: Criterion = { ...cyclists, criterionId: 'crt-1' };
  const { baseline: _, ...unmeasured } = plain;
  const seen = (collection: string, group: 'treated' | 'comparison') => ({
    criterionId: 'crt-1',
    collection,
    group,
  });

  it('is a reading of each side that is compared', () => {
    const compared = { ...plain, comparator: 'comparison-units' as const };
    expect(missingIn('c1', [plain], [])).toEqual(['crt-1']);
    expect(missingIn('c1', [plain], [seen('c1', 'treated')])).toEqual([]);
    expect(missingIn('c1', [compared], [seen('c1', 'treated')])).toEqual(['crt-1']);
    expect(missingIn('c1', [compared], [seen('c1', 'treated'), seen('c1', 'comparison')])).toEqual([]);
    expect(missingIn('baseline', [compared], [])).toEqual(['crt-1']);
  });
  it('is no baseline that was stated with the proposal', () => {
    expect(missingIn('baseline', [plain], [])).toEqual([]);
    expect(missingIn('baseline', [unmeasured], [])).toEqual(['crt-1']);
    expect(missingIn('baseline', [unmeasured], [seen('baseline', 'treated')])).toEqual([]);
  });
});
