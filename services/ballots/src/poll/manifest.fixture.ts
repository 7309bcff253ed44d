import { newSigningKey } from '@talkoot/ballot-protocol';
import type { TestIssuer } from '../ballots.fixture.ts';
import type { ManifestParts } from './manifest.ts';

/** Points that are none of a ceremony's, but points of the curve. */
const point = '036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296';

/** Public keys of nobody. */
const signingKeys = Array.from({ length: 3 }, () => Buffer.from(newSigningKey().publicKey).toString('hex'));

/** All that a manifest has besides the poll itself, in a sound form. */
export function partsOf([first, second]: readonly [TestIssuer, TestIssuer]): ManifestParts {
  return {
    key: {
      threshold: 2,
      trustees: ['clerk', 'auditor', 'notary'].map((name, place) => ({
        name,
        organisation: `${name}s`,
        index: place + 1,
        signingKey: signingKeys[place]!,
      })),
      commitments: [point, point],
      transcript: '00'.repeat(32),
    },
    windows: null,
    board: {
      origin: 'ballots.test/lintula/pol-1',
      publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    },
    witnesses: [
      {
        name: 'witness',
        organisation: second.roll.organisation,
        publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      },
      {
        name: 'observer',
        organisation: first.roll.organisation,
        publicKey: 'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
      },
    ],
  };
}
