import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sideOf, teamOf } from '../proposal/project.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import { draftAgreement, sharesOf, withSignature } from './agreement.ts';

const team = {
  _id: 'prj-1',
  champion: 'per-champion',
  coChampions: ['per-co'],
  staff: {
    lead: 'per-lead',
    civilServants: [{ personId: 'per-lead', hours: 1, since: '' }],
    former: [],
    assignedBy: [],
    at: '',
  },
  volunteers: [
    { personId: 'per-both', acceptedByChampion: true, acceptedByLead: true },
    { personId: 'per-half', acceptedByChampion: true, acceptedByLead: false },
  ],
  agreement: null,
} as unknown as ProjectDocument;
const terms = {
  pots: { 'civil-servants': 2, champions: 1, volunteers: 1 },
  weights: [{ personId: 'per-co', weight: 3 }],
  milestones: [{ id: 'built', title: 'Built' }],
};
const drafted = () => draftAgreement(team, terms, '2027-01-01T00:00:00.000Z');

describe('a team', () => {
  it('has everybody in one pot, and volunteers once both sides accepted them', () => {
    const members = teamOf(team);
    expect(members.map(({ personId }) => personId)).toEqual([
      'per-lead',
      'per-champion',
      'per-co',
      'per-both',
    ]);
    expect(sideOf(team, 'per-lead')).toBe('civil-servants');
    expect(sideOf(team, 'per-both')).toBe('citizens');
    expect(sideOf(team, 'per-half')).toBeNull();
  });
});

describe('a team agreement', () => {
  it('weighs members alike unless it says otherwise', () => {
    expect(drafted().members.map(({ weight }) => weight)).toEqual([1, 1, 3, 1]);
  });
  it('has a hash that follows everything that is signed, and nothing else', () => {
    const { sha256 } = drafted();
    expect(draftAgreement(team, terms, '2030-01-01T00:00:00.000Z').sha256).toBe(sha256);
    expect(draftAgreement(team, { ...terms, weights: [] }, '').sha256).not.toBe(sha256);
  });
  it('is signed when everybody signed, in whatever order and however often', () => {
    const ids = drafted().members.map(({ personId }) => personId);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ids), { maxLength: 12 }), (signers) => {
        const after = signers.reduce(withSignature, drafted());
        expect(after.signed).toBe(new Set(signers).size === ids.length);
      }),
    );
  });
  it('gives nothing to whoever came after it was signed, but counts them among those who gain', () => {
    const signed = drafted().members.reduce(
      (agreement, one) => withSignature(agreement, one.personId),
      drafted(),
    );
    const later = { ...team, agreement: signed, champion: 'per-successor' } as ProjectDocument;
    const shares = sharesOf(
      later,
      new Map([
        ['per-both', 90],
        ['per-successor', 60],
      ]),
    );
    expect(shares.find(({ personId }) => personId === 'per-successor')).toMatchObject({
      weight: 0,
      minutes: 0,
      worksAs: 'champions',
    });
    expect(shares.find(({ personId }) => personId === 'per-champion')).toMatchObject({ weight: 1 });
    expect(shares.find(({ personId }) => personId === 'per-both')).toMatchObject({ minutes: 90 });
  });
  it('lets whoever left the team share, but tells that they work there no more', () => {
    const signed = drafted().members.reduce(
      (agreement, one) => withSignature(agreement, one.personId),
      drafted(),
    );
    const staff = { ...team.staff!, civilServants: [{ personId: 'per-new', hours: 1, since: '' }] };
    const volunteers = [] as ProjectDocument['volunteers'];
    const coChampions = ['per-both'];
    const later = { ...team, agreement: signed, champion: 'per-successor', coChampions, volunteers, staff };
    const shares = sharesOf(later as ProjectDocument, new Map());
    expect(shares.map(({ personId, pot, worksAs }) => [personId, pot, worksAs])).toEqual([
      ['per-lead', 'civil-servants', null],
      ['per-champion', 'champions', null],
      ['per-co', 'champions', null],
      ['per-both', 'volunteers', 'champions'],
      ['per-new', 'civil-servants', 'civil-servants'],
      ['per-successor', 'champions', 'champions'],
    ]);
  });
});
