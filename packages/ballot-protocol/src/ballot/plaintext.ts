import { equalBytes } from '@noble/curves/utils.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { readU16, readU32, u16, u32 } from '../binding.ts';
import { canonicalJson } from '../canonical.ts';
import type { BallotRules } from '../manifest/manifest.shape.ts';
import { BallotError } from './ballot.ts';
import type { Answer, Ballot, BallotContext, Rejection } from './ballot.ts';
import { rejectionOf } from './ballot.rule.ts';

/** A ballot that counts, or why it does not. */
export type DecodedBallot = { readonly ballot: Ballot } | { readonly rejection: Rejection };

const answers: readonly Answer[] = [null, 'yes', 'no'];
const noShare = 255;

/**
 * The plaintext of a ballot, of the manifest's length.
 * @throws BallotError with the reason for which it would be rejected
 */
export function encodeBallot(context: BallotContext, ballot: Ballot): Uint8Array<ArrayBuffer> {
  const { length } = context.ballot;
  const plaintext = new Uint8Array(length);
  plaintext.set(contentOf(ballot).subarray(0, length));
  const decoded = decodeBallot(context, plaintext);
  if ('rejection' in decoded) throw new BallotError(decoded.rejection);
  if (!equalBytes(canonicalJson(decoded.ballot), canonicalJson(ballot))) throw new BallotError('malformed');
  return plaintext;
}

/**
 * What a plaintext says, or why it is rejected; undefined stands for a seal that did not open.
 * Never throws, whatever the bytes.
 */
export function decodeBallot(context: BallotContext, plaintext: Uint8Array | undefined): DecodedBallot {
  if (plaintext === undefined) return { rejection: 'not-opened' };
  const { ballot: rules } = context;
  if (plaintext.length !== rules.length) return { rejection: 'malformed' };
  const ballot = parse(rules, plaintext);
  if (ballot === 'malformed' || ballot === 'too-many-choices') return { rejection: ballot };
  const rejection = rejectionOf(context, ballot);
  return rejection === undefined ? { ballot } : { rejection };
}

function contentOf(ballot: Ballot): Uint8Array {
  switch (ballot.type) {
    case 'approval':
    case 'knapsack':
      return concatBytes(u16(ballot.places.length), ...ballot.places.map(u16));
    case 'points':
      return concatBytes(
        u16(ballot.points.length),
        ...ballot.points.flatMap(({ place, points }) => [u16(place), u32(points)]),
      );
    case 'yes-no':
      return answerBytes(ballot.answers);
    case 'bonus':
      return concatBytes(answerBytes(ballot.answers), Uint8Array.of(ballot.share ?? noShare));
  }
}

function answerBytes(given: readonly Answer[]): Uint8Array {
  return Uint8Array.from(given, (answer) => answers.indexOf(answer));
}

function parse(rules: BallotRules, plaintext: Uint8Array): Ballot | 'malformed' | 'too-many-choices' {
  switch (rules.type) {
    case 'approval':
    case 'knapsack':
    case 'points':
      return parseChoices(rules, plaintext);
    case 'yes-no': {
      const given = parseAnswers(plaintext);
      return given === undefined ? 'malformed' : { type: 'yes-no', answers: given };
    }
    case 'bonus': {
      const given = parseAnswers(plaintext.subarray(0, -1));
      const share = plaintext.at(-1)!;
      if (given === undefined || (share > 100 && share !== noShare)) return 'malformed';
      return { type: 'bonus', answers: given, share: share === noShare ? null : share };
    }
  }
}

function parseAnswers(bytes: Uint8Array): Answer[] | undefined {
  if (bytes.some((byte) => byte >= answers.length)) return undefined;
  return Array.from(bytes, (byte) => answers[byte]!);
}

function parseChoices(
  { type, maxChoices }: Extract<BallotRules, { maxChoices: number }>,
  plaintext: Uint8Array,
): Ballot | 'malformed' | 'too-many-choices' {
  const width = type === 'points' ? 6 : 2;
  const count = readU16(plaintext, 0);
  if (count > maxChoices) return 'too-many-choices';
  const end = 2 + count * width;
  const starts = Array.from({ length: count }, (_, index) => 2 + index * width);
  const places = starts.map((start) => readU16(plaintext, start));
  const ascending = places.every((place, index) => index === 0 || place > places[index - 1]!);
  const padded = plaintext.subarray(end).every((byte) => byte === 0);
  if (!ascending || !padded) return 'malformed';
  if (type !== 'points') return { type, places };
  const points = starts.map((start, index) => ({
    place: places[index]!,
    points: readU32(plaintext, start + 2),
  }));
  return points.every(({ points }) => points > 0) ? { type, points } : 'malformed';
}
