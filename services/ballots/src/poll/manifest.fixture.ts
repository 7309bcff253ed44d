import { newSigningKey } from '@talkoot/ballot-protocol';
import { anyPoint } from '../ballots.fixture.ts';
import type { TestIssuer } from '../ballots.fixture.ts';
import type { ManifestParts } from './manifest.ts';
import { ceremonyOf } from './poll.ts';

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
      commitments: [anyPoint, anyPoint],
      transcript: '00'.repeat(32),
    },
    lot: [sealedSeed('a'), sealedSeed('b')],
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

/** A key that the trustees of this poll could have made. */
export function keyOf(poll: Parameters<typeof ceremonyOf>[0]): ManifestParts['key'] {
  const { threshold, trustees } = ceremonyOf(poll);
  return {
    threshold,
    trustees: trustees.map(({ sealingKey: _, ...trustee }) => trustee),
    commitments: Array.from({ length: threshold }, () => anyPoint),
    transcript: '00'.repeat(32),
  };
}

/** What nobody opens, in a sound form. */
const sealedSeed = (digit: string) => ({ commitment: digit.repeat(64), sealed: `04${digit.repeat(224)}` });
