import { readManifest } from '@talkoot/ballot-protocol';
import type { Manifest } from '@talkoot/ballot-protocol';
import { preparePoll } from '@talkoot/ballot-protocol/testing';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { bindTo, requireClosable, requireOpen } from './issuance.ts';
import type { KnownWitness, ManifestBinding, PublishedPoll, SealedLot } from './issuance.ts';
import { textOf } from './poll.fixture.ts';

let manifest: Manifest;
let witnesses: KnownWitness[];

beforeAll(async () => {
  const prepared = (await preparePoll()).binding.manifest;
  manifest = { ...prepared, board: { ...prepared.board, origin: 'test.example/lintula/pol-1' } };
  witnesses = manifest.witnesses.map((one) => ({ ...one, url: 'http://witness.test' }));
});

/** What the issuer at this place of the manifest published, as the manifest says it. */
function publishedAt(place: 0 | 1): PublishedPoll {
  const { name, rollSize: roll, ...issuer } = manifest.issuers[place];
  return {
    municipalityId: 'lintula',
    pollId: 'pol-1',
    ...issuer,
    name: name as PublishedPoll['name'],
    roll,
    lot: { ...manifest.lot[place], pollKey: manifest.key.commitments[0]! },
  };
}
type Changes = Partial<Omit<PublishedPoll, 'lot'>> & { readonly lot?: Partial<SealedLot> | null };
const bind = (changed: Manifest, published = publishedAt(0), known = witnesses) =>
  bindTo(textOf(changed), published, known);

describe('an issuer binds its certificates to a manifest', () => {
  it.each([0, 1] as const)('that says what it published (issuer %i)', (place) => {
    const binding = bind(manifest, publishedAt(place));
    const { m } = readManifest(Buffer.from(textOf(manifest)));
    expect(binding).toEqual({
      m: Buffer.from(m).toString('hex'),
      origin: `test.example/lintula/pol-1/issuance/${manifest.issuers[place].name}`,
      batchSize: manifest.board.batchSize,
      certificatesClose: manifest.windows!.certificatesClose,
      witnesses: manifest.witnesses.map(({ name, publicKey }) => ({ name, publicKey })),
    });
  });

  it('refuses another municipality, another poll and an origin of no poll or another one', () => {
    const { board } = manifest;
    const elsewhere = { ...board, origin: 'test.example/lintula/pol-2' };
    for (const changed of [
      { ...manifest, municipality: 'other' },
      { ...manifest, poll: 'pol-2' },
      { ...manifest, board: { ...board, origin: 'test.example' } },
      { ...manifest, board: elsewhere },
    ]) {
      expect(() => bind(changed)).toThrow(expect.objectContaining({ code: 'manifest-foreign' }));
    }
  });

  it.each([
    ['organisation', { organisation: 'Another' }],
    ['modulus', { modulus: `8${'0'.repeat(510)}1` }],
    ['roll', { roll: 23 }],
    ['rollHash', { rollHash: '0'.repeat(64) }],
    ['logKey', { logKey: '1'.repeat(64) }],
    ['excluded', { excluded: 1 }],
    ['seed of the lot', { lot: null }],
    ['commitment', { lot: { commitment: '0'.repeat(64) } }],
    ['sealed seed', { lot: { sealed: '0'.repeat(226) } }],
    ['key of the poll', { lot: { pollKey: '0'.repeat(66) } }],
  ] as const)('refuses one that says another %s than it published', (_, changes: Changes) => {
    for (const place of [0, 1] as const) {
      const published = publishedAt(place);
      const lot =
        changes.lot === undefined ? published.lot : changes.lot && { ...published.lot!, ...changes.lot };
      const asked = () => bind(manifest, { ...published, ...changes, lot });
      expect(asked).toThrow(expect.objectContaining({ code: 'manifest-foreign' }));
    }
  });

  it('refuses its own entry in the place of the other issuer', () => {
    const { issuers, lot, witnesses: named } = manifest;
    const swapped: Manifest = {
      ...manifest,
      issuers: [issuers[1], issuers[0]],
      lot: [lot[1], lot[0]],
      witnesses: named.map((one, place) =>
        place === 0 ? { ...one, organisation: issuers[0].organisation } : one,
      ),
    };
    expect(() => bind(swapped)).toThrow(expect.objectContaining({ code: 'manifest-foreign' }));
  });

  it('refuses what is no manifest, or one that contradicts itself', () => {
    for (const text of ['', '{}', `${textOf(manifest)} `]) {
      const asked = () => bindTo(text, publishedAt(0), witnesses);
      expect(asked).toThrow(expect.objectContaining({ code: 'manifest-foreign' }));
    }
  });

  it('refuses a witness that it does not know by key, name and organisation', () => {
    const [first, ...rest] = witnesses as [KnownWitness, ...KnownWitness[]];
    const stranger = { publicKey: witnesses[1]!.publicKey.replace(/^../, '00') };
    for (const changes of [stranger, { name: 'another' }, { organisation: 'Another' }]) {
      const asked = () => bind(manifest, publishedAt(0), [{ ...first, ...changes }, ...rest]);
      expect(asked).toThrow(expect.objectContaining({ code: 'witness-unknown', detail: first.name }));
    }
    expect(() => bind(manifest, publishedAt(0), rest)).toThrow(/witness-unknown/);
  });
});

describe('certificates are issued', () => {
  it.each(['frozen', 'opening'] as const)('not yet while a poll is %s', (phase) => {
    expect(() => requireOpen(phase)).toThrow(expect.objectContaining({ code: 'certificates-not-open' }));
  });
  it('while it is open', () => {
    expect(() => requireOpen('open')).not.toThrow();
  });
  it.each(['closing', 'closed'] as const)('no more when it is %s', (phase) => {
    expect(() => requireOpen(phase)).toThrow(expect.objectContaining({ code: 'certificates-closed' }));
  });
});

describe('issuing ends', () => {
  const moment = '2026-05-14T18:00:00Z';
  const binding = (certificatesClose: string | null) => ({ certificatesClose }) as ManifestBinding;
  const at = (ms: number) => new Date(Date.parse(moment) + ms);

  it('no more than a minute before the manifest says so', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 10 }), (ms) => {
        requireClosable(binding(moment), at(ms - 60_000));
        expect(() => requireClosable(binding(moment), at(-60_001 - ms))).toThrow(/windows-bind/);
        requireClosable(binding(null), at(-60_001 - ms));
        requireClosable(null, at(-60_001 - ms));
      }),
    );
  });
});
