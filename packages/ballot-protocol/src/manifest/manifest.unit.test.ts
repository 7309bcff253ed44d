import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson } from '../canonical.ts';
import { testPoll } from '../poll.fixture.ts';
import { ManifestError } from './manifest.errors.ts';
import type { ManifestErrorCode } from './manifest.errors.ts';
import { readManifest, writeManifest } from './manifest.read.ts';
import type { Manifest } from './manifest.shape.ts';

const equalShares = {
  rule: 'equal-shares',
  completion: 'add1u',
  increment: 1,
  exhaustiveStop: true,
  comparison: false,
} as const;

let manifest: Manifest;
beforeAll(async () => {
  ({ manifest } = (await testPoll()).binding);
});

function codesOf(bytes: Uint8Array): ManifestErrorCode[] {
  try {
    readManifest(bytes);
    return [];
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return error.problems.map(({ code }) => code);
  }
}

/** The problems of the manifest after a change. */
function problemsAfter(change: (draft: any) => void): ManifestErrorCode[] {
  const draft = structuredClone(manifest);
  change(draft);
  return codesOf(canonicalJson(draft));
}

test('a manifest is read back as it was written, and m is the hash of its bytes', () => {
  const bytes = writeManifest(manifest);
  expect(readManifest(bytes)).toEqual({ manifest, m: sha256(bytes) });
});

describe('bytes that say the same otherwise are refused', () => {
  test.each([
    ['spaces', (text: string) => text.replace('{', '{ ')],
    [
      'another order of fields',
      (text: string) => `{"poll":"poll-1",${text.slice(1).replace(',"poll":"poll-1"', '')}`,
    ],
    ['a field twice', (text: string) => text.replace('"poll":"poll-1"', '"poll":"poll-1","poll":"poll-1"')],
    ['another form of a number', (text: string) => text.replace('"batchSize":30', '"batchSize":3e1')],
    ['an escaped letter', (text: string) => text.replace('tampere', String.raw`\u0074ampere`)],
    ['a byte order mark', (text: string) => `\uFEFF${text}`],
    ['a line end', (text: string) => `${text}\n`],
    ['half of it', (text: string) => text.slice(0, 100)],
    ['nesting without end', () => '['.repeat(100_000)],
  ])('%s', (_, rewritten) => {
    const text = new TextDecoder().decode(writeManifest(manifest));
    const other = utf8ToBytes(rewritten(text));
    expect(other).not.toEqual(utf8ToBytes(text));
    expect(codesOf(other)).toEqual(['manifest-not-canonical']);
  });

  test('bytes that are no UTF-8', () => {
    expect(codesOf(Uint8Array.of(0x22, 0xff, 0x22))).toEqual(['manifest-not-canonical']);
    expect(codesOf(concatBytes(writeManifest(manifest), Uint8Array.of(0xff)))).toEqual([
      'manifest-not-canonical',
    ]);
  });
});

describe('a manifest is malformed', () => {
  test.each<[string, (draft: any) => void]>([
    ['with an unknown field', (draft) => (draft.extra = 1)],
    ['with an unknown field inside', (draft) => (draft.board.extra = 1)],
    ['without a field', (draft) => delete draft.minima],
    ['of another protocol', (draft) => (draft.protocol = 'talkoot-poll-v2')],
    ['with capital letters in hexadecimal', (draft) => (draft.lot[0].commitment = 'AB'.repeat(32))],
    ['with a hash that is too short', (draft) => (draft.lot[0].commitment = 'ab'.repeat(31))],
    ['with one issuer', (draft) => draft.issuers.pop()],
    ['with three issuers', (draft) => draft.issuers.push(draft.issuers[0])],
    ['with an issuer name that is no file name', (draft) => (draft.issuers[0].name = '../etc')],
    ['with a modulus of 255 bytes', (draft) => (draft.issuers[0].modulus = 'ab'.repeat(255))],
    ['with a threshold of one', (draft) => (draft.key.threshold = 1)],
    ['with a sealed seed that is too long', (draft) => (draft.lot[1].sealed = 'ab'.repeat(114))],
    ['with a cost of zero', (draft) => (draft.ballot.options[0].cost = 0)],
    ['without a cost', (draft) => delete draft.ballot.options[0].cost],
    ['without options', (draft) => (draft.ballot.options = [])],
    ['with a budget of nothing', (draft) => (draft.allocation.budget = 0)],
    ['with a rule nobody knows', (draft) => (draft.allocation.rule = 'lottery')],
    ['with an unknown parameter of its rule', (draft) => (draft.allocation.favours = 'bench')],
    ['with a parameter of another rule', (draft) => (draft.allocation.completion = 'add1')],
    ['with a threshold of nothing', (draft) => (draft.allocation.costThreshold = 0)],
    ['with a conflict of one', (draft) => (draft.allocation.conflicts = [['bench']])],
    ['with equal shares and none of their parameters', (draft) => (draft.allocation.rule = 'equal-shares')],
    [
      'with an unknown completion',
      (draft) => (draft.allocation = { ...equalShares, budget: 1_000, completion: 'x' }),
    ],
    [
      'with an increment below zero',
      (draft) => (draft.allocation = { ...equalShares, budget: 1_000, increment: -1 }),
    ],
    ['with a fraction', (draft) => (draft.allocation.budget = 0.5)],
    ['with a budget beyond exact numbers', (draft) => (draft.allocation.budget = 2 ** 53)],
    ['with an instant of another form', (draft) => (draft.windows!.opens = '2026-05-01T09:00:00+00:00')],
    ['with a key name that breaks a note', (draft) => (draft.witnesses[0].name = 'two words')],
    ['with a batch of none', (draft) => (draft.board.batchSize = 0)],
  ])('%s', (_, change) => {
    expect(problemsAfter(change)).toContain('manifest-malformed');
  });

  test('when it is no object, or too large to read', () => {
    expect(codesOf(utf8ToBytes('[]'))).toEqual(['manifest-malformed']);
    expect(codesOf(new Uint8Array(16 * 1024 * 1024 + 1))).toEqual(['manifest-malformed']);
  });
});

describe('a manifest contradicts itself or the protocol', () => {
  const yesNo = (draft: any) => {
    draft.ballot = { type: 'yes-no', options: [{ id: 'a' }], length: 1 };
  };
  test.each<[ManifestErrorCode, string, (draft: any) => void]>([
    ['kind-mismatch', 'a type of ballot of another kind', yesNo],
    ['kind-mismatch', 'no allocation', (draft) => (draft.allocation = null)],
    [
      'kind-mismatch',
      'an allocation of criteria',
      (draft) => {
        yesNo(draft);
        draft.kind = 'criteria';
      },
    ],
    [
      'conflict-unknown',
      'a conflict with what is no option',
      (draft) => (draft.allocation.conflicts = [['bench', 'statue']]),
    ],
    [
      'increment-too-small',
      'an increment that may not come to an end',
      (draft) => (draft.allocation = { ...equalShares, budget: 10_000_000 }),
    ],
    ['ballot-length-wrong', 'a longer ballot', (draft) => (draft.ballot.length += 1)],
    ['ballot-length-wrong', 'a shorter ballot', (draft) => (draft.ballot.length -= 1)],
    ['choices-impossible', 'more at least than at most', (draft) => (draft.ballot.minChoices = 3)],
    [
      'choices-impossible',
      'more choices than options',
      (draft) => {
        draft.ballot.maxChoices = 4;
        draft.ballot.length = 10;
      },
    ],
    ['duplicate-option', 'an option twice', (draft) => (draft.ballot.options[1].id = 'bench')],
    ['duplicate-name', 'one name for both issuers', (draft) => (draft.issuers[1].name = 'municipality')],
    ['duplicate-name', 'a witness twice', (draft) => (draft.witnesses[1].name = draft.witnesses[0].name)],
    [
      'duplicate-name',
      'a witness named as the board',
      (draft) => (draft.witnesses[1].name = draft.board.origin),
    ],
    ['duplicate-name', 'a trustee twice', (draft) => (draft.key.trustees[1].name = 'clerk')],
    [
      'duplicate-key',
      'one modulus for both issuers',
      (draft) => (draft.issuers[1].modulus = draft.issuers[0].modulus),
    ],
    [
      'duplicate-key',
      'a witness with the key of the board',
      (draft) => (draft.witnesses[1].publicKey = draft.board.publicKey),
    ],
    [
      'duplicate-key',
      'both logs under one key',
      (draft) => (draft.issuers[1].logKey = draft.issuers[0].logKey),
    ],
    [
      'duplicate-key',
      'a trustee who signs as the board',
      (draft) => (draft.key.trustees[0].signingKey = draft.board.publicKey),
    ],
    [
      'duplicate-key',
      'a trustee who signs as a log',
      (draft) => (draft.key.trustees[1].signingKey = draft.issuers[0].logKey),
    ],
    [
      'duplicate-key',
      'a trustee who signs as a witness',
      (draft) => (draft.key.trustees[2].signingKey = draft.witnesses[1].publicKey),
    ],
    [
      'duplicate-key',
      'a trustee who signs as another',
      (draft) => (draft.key.trustees[2].signingKey = draft.key.trustees[0].signingKey),
    ],
    ['duplicate-path', 'a file of the page twice', (draft) => draft.page.push(draft.page[0])],
    [
      'issuers-not-independent',
      'both issuers of one organisation',
      (draft) => {
        draft.issuers[0].organisation = 'audit office';
      },
    ],
    [
      'modulus-invalid',
      'an even modulus',
      (draft) => (draft.issuers[0].modulus = `${draft.issuers[0].modulus.slice(0, -1)}2`),
    ],
    [
      'modulus-invalid',
      'a modulus of 2047 bits',
      (draft) => (draft.issuers[1].modulus = `7${draft.issuers[1].modulus.slice(1)}`),
    ],
    [
      'key-invalid',
      'a board key of small order',
      (draft) => (draft.board.publicKey = `01${'00'.repeat(31)}`),
    ],
    [
      'key-invalid',
      'a witness key that is no point',
      (draft) => (draft.witnesses[2].publicKey = `02${'00'.repeat(31)}`),
    ],
    [
      'key-invalid',
      'a log key that is not reduced',
      (draft) => (draft.issuers[0].logKey = `ee${'ff'.repeat(30)}7f`),
    ],
    [
      'commitment-invalid',
      'a commitment off the curve',
      (draft) => (draft.key.commitments[1] = `02${'ff'.repeat(32)}`),
    ],
    [
      'commitment-invalid',
      'a commitment of another encoding',
      (draft) => (draft.key.commitments[0] = `04${draft.key.commitments[0].slice(2)}`),
    ],
    [
      'threshold-invalid',
      'more commitments than the threshold',
      (draft) => draft.key.commitments.push(draft.key.commitments[0]),
    ],
    [
      'threshold-invalid',
      'a threshold above the number of trustees',
      (draft) => {
        draft.key.threshold = 4;
        draft.key.commitments = Array.from({ length: 4 }, () => draft.key.commitments[0]);
      },
    ],
    ['trustee-index-wrong', 'trustees out of order', (draft) => draft.key.trustees.reverse()],
    [
      'organisation-too-strong',
      'two trustees of one organisation',
      (draft) => (draft.key.trustees[1].organisation = 'municipality'),
    ],
    ['witness-missing', 'no witness of the auditor', (draft) => draft.witnesses.shift()],
    [
      'instant-invalid',
      'a day that does not exist',
      (draft) => (draft.windows!.opens = '2026-04-31T09:00:00Z'),
    ],
    ['windows-wrong', 'closing before opening', (draft) => (draft.windows!.opens = '2026-05-15T09:00:00Z')],
    [
      'windows-wrong',
      'casting that closes too early',
      (draft) => (draft.windows!.castingCloses = '2026-05-14T18:29:59Z'),
    ],
    [
      'windows-wrong',
      'less than 72 hours for complaints',
      (draft) => (draft.windows!.complaintsClose = '2026-05-17T18:29:59Z'),
    ],
  ])('%s: %s', (code, _, change) => {
    expect(new Set(problemsAfter(change))).toEqual(new Set([code]));
  });

  test('it is not written either, and every problem is named with its place', () => {
    const wrong = structuredClone(manifest);
    wrong.ballot.length += 1;
    wrong.windows!.opens = '2026-04-31T09:00:00Z';
    expect(() => writeManifest(wrong)).toThrow(
      expect.objectContaining({
        code: 'ballot-length-wrong',
        problems: [
          { code: 'ballot-length-wrong', at: 'ballot.length' },
          { code: 'instant-invalid', at: 'windows.opens' },
        ],
      }),
    );
  });
});

test('parameters of the allocation rule are kept as they are', () => {
  const allocation = { ...equalShares, budget: 5, conflicts: [['bench', 'tree']] };
  const bytes = writeManifest({ ...manifest, allocation });
  expect(readManifest(bytes).manifest.allocation).toEqual(allocation);
  expect(bytesToHex(readManifest(bytes).m)).not.toBe(bytesToHex(readManifest(writeManifest(manifest)).m));
});
