import { questionHash, readManifest } from '@talkoot/ballot-protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { bonusPlan, plan, testIssuers } from '../ballots.fixture.ts';
import type { TestIssuer } from '../ballots.fixture.ts';
import { keyOf, partsOf } from './manifest.fixture.ts';
import { hashOf, manifestOf, questionSha256Of, requireBothIssuers } from './manifest.ts';
import type { ManifestParts } from './manifest.ts';
import { pollFrom } from './poll.ts';

let both: readonly [TestIssuer, TestIssuer];
beforeAll(async () => {
  both = await testIssuers(3);
});
const issuers = () => [both[0].roll, both[1].roll] as const;
const poll = pollFrom('pol-1', plan);
const m = (one = poll, by: readonly [object, object] = issuers(), parts: Partial<ManifestParts> = {}) =>
  hashOf(manifestOf({ ...one, issuers: by as never }, { ...partsOf(both), ...parts }));

describe('a manifest', () => {
  it('binds the question, its rules, keys, rolls, lot, minima and windows: another of any is another manifest', () => {
    const [municipality, auditor] = issuers();
    const { key } = partsOf(both);
    const windows = {
      opens: '2026-05-01T09:00:00Z',
      certificatesClose: '2026-05-14T18:00:00Z',
      castingCloses: '2026-05-14T18:30:00Z',
      complaintsClose: '2026-05-17T18:30:00Z',
    };
    const others = [
      m({ ...poll, pollId: 'pol-2' }),
      m({ ...poll, municipalityId: 'other' }),
      m({ ...poll, budget: { amount: 1, currency: 'EUR' } }),
      m({ ...poll, ballot: { ...poll.ballot, maxChoices: 1 } }),
      m({ ...poll, options: poll.options.toReversed() }),
      m({ ...poll, allocation: { rule: 'greedy', minimumVotes: 1 } }),
      m({ ...poll, protocol: { ...poll.protocol, batchSize: 4 } }),
      m({ ...poll, protocol: { ...poll.protocol, minima: { roll: 1, counted: 1 } } }),
      m(poll, [municipality, { ...auditor, modulus: municipality.modulus.replace(/^./, 'f') }]),
      m(poll, [municipality, { ...auditor, roll: 11 }]),
      m(poll, [municipality, { ...auditor, excluded: 1 }]),
      m(poll, issuers(), { lot: [partsOf(both).lot[1], partsOf(both).lot[0]] }),
      m(poll, [{ ...municipality, rollHash: 'b'.repeat(64) }, auditor]),
      m(poll, issuers(), { windows }),
      m(poll, issuers(), { key: { ...key, transcript: '11'.repeat(32) } }),
      hashOf(manifestOf({ ...pollFrom('pol-1', bonusPlan), issuers: issuers() }, partsOf(both))),
    ];
    expect(new Set([m(), ...others]).size).toBe(others.length + 1);
    expect(m()).toBe(m({ ...poll }));
  });

  it('is refused with all that is wrong with it', () => {
    const [municipality, auditor] = issuers();
    const wrong = [municipality, { ...auditor, organisation: municipality.organisation }] as const;
    expect(() => m(poll, wrong)).toThrow(/manifest-invalid.*issuers-not-independent.*/);
    expect(() => m(poll, issuers(), { witnesses: [partsOf(both).witnesses[1]!] })).toThrow(/witness-missing/);
    const backwards = {
      opens: '2026-05-14T18:00:00Z',
      certificatesClose: '2026-05-01T09:00:00Z',
      castingCloses: '2026-05-14T18:30:00Z',
      complaintsClose: '2026-05-15T18:30:00Z',
    };
    expect(() => m(poll, issuers(), { windows: backwards })).toThrow(/windows-wrong/);
  });
});

describe('what is asked', () => {
  const { protocol } = poll;
  const [clerk, ...others] = protocol.trustees;
  const published = (one = poll, parts: Partial<ManifestParts> = {}) => {
    const sound = { ...partsOf(both), key: keyOf(one), ...parts };
    const text = manifestOf({ ...one, issuers: [...issuers()] }, sound);
    return Buffer.from(questionHash(readManifest(Buffer.from(text)).manifest)).toString('hex');
  };
  const variants: [what: string, other: typeof poll][] = [
    ['poll', { ...poll, pollId: 'pol-2' }],
    ['municipality', { ...poll, municipalityId: 'other' }],
    ['budget', { ...poll, budget: { amount: 1, currency: 'EUR' } }],
    ['rule of ballots', { ...poll, ballot: { ...poll.ballot, maxChoices: 1 } }],
    ['order of options', { ...poll, options: poll.options.toReversed() }],
    ['option', { ...poll, options: poll.options.slice(1) }],
    [
      'cost',
      { ...poll, options: poll.options.with(0, { optionId: 'prj-a', cost: { amount: 1, currency: 'EUR' } }) },
    ],
    ['parameter of allocation', { ...poll, allocation: { rule: 'greedy', minimumVotes: 1 } }],
    ['batch size', { ...poll, protocol: { ...protocol, batchSize: 4 } }],
    ['minimum', { ...poll, protocol: { ...protocol, minima: { roll: 1, counted: 1 } } }],
    ['threshold', { ...poll, protocol: { ...protocol, threshold: 3 } }],
    ['order of trustees', { ...poll, protocol: { ...protocol, trustees: [...others, clerk!] } }],
    [
      'key of a trustee',
      {
        ...poll,
        protocol: {
          ...protocol,
          trustees: [
            { ...clerk!, signingKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a' },
            ...others,
          ],
        },
      },
    ],
    ['kind', pollFrom('pol-1', bonusPlan)],
  ];

  it('has one hash, when it is prepared and in the manifest, whatever windows, lot and operator of the board', () => {
    for (const one of [poll, ...variants.map(([, other]) => other)])
      expect(published(one)).toBe(questionSha256Of(one));
    const windows = {
      opens: '2026-05-01T09:00:00Z',
      certificatesClose: '2026-05-14T18:00:00Z',
      castingCloses: '2026-05-14T18:30:00Z',
      complaintsClose: '2026-05-17T18:30:00Z',
    };
    const [first, second] = partsOf(both).lot;
    expect(published(poll, { windows })).toBe(published());
    expect(published(poll, { lot: [second, first] })).toBe(published());
  });

  it.each(variants)('is something else with another %s', (_, other) => {
    expect(questionSha256Of(other)).not.toBe(questionSha256Of(poll));
  });
});

describe('the issuers of a poll', () => {
  it.each<[string, () => readonly object[]]>([
    ['one issuer twice', () => [both[0].roll, both[0].roll]],
    ['the other order', () => [both[1].roll, both[0].roll]],
    ['one key for both', () => [both[0].roll, { ...both[1].roll, modulus: both[0].roll.modulus }]],
    [
      'one organisation for both',
      () => [both[0].roll, { ...both[1].roll, organisation: both[0].roll.organisation }],
    ],
    ['one log key for both', () => [both[0].roll, { ...both[1].roll, logKey: both[0].roll.logKey }]],
  ])('are not %s', (_, wrong) => {
    expect(() => requireBothIssuers(wrong() as never)).toThrow(/issuers-differ/);
  });
});
