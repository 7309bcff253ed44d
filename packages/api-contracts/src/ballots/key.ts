import {
  CeremonyShape,
  ConfirmationShape,
  PollKeyShape,
  Round1Shape,
  Round2Shape,
} from '@talkoot/ballot-protocol/shapes';
import { z } from 'zod';
import { route } from '../api.ts';
import { hexOf, IdShape, MunicipalityParams, Sha256Shape } from '../shapes.ts';

const Poll = MunicipalityParams.extend({ pollId: IdShape });
const Trustee = Poll.extend({ index: z.coerce.number().int().min(1).max(255) });
const wrongPackage = ['ceremony-not-awaited', 'package-wrong', 'package-differs'];

/** How far the making, the release and the destruction of a poll's key are: everything that trustees gave. */
export const KeyCeremonyShape = z
  .object({
    pollId: IdShape,
    ceremony: CeremonyShape,
    /** Hash that all packages are bound to. */
    ceremonySha256: Sha256Shape,
    /** What is awaited of the trustees now. */
    awaited: z.enum(['round1', 'round2', 'confirmation', 'nothing', 'share', 'destruction']),
    round1: z.array(Round1Shape),
    round2: z.array(Round2Shape),
    confirmations: z.array(ConfirmationShape),
    /** Once every trustee has confirmed. */
    key: PollKeyShape.nullable(),
    /** Who released; the shares themselves are public with the result. */
    released: z.array(z.int()),
    /** Who declared, signed, that their share is destroyed. */
    destroyed: z.array(z.object({ index: z.int(), signature: hexOf(64) })),
  })
  .meta({ id: 'KeyCeremony' });
export type KeyCeremony = z.infer<typeof KeyCeremonyShape>;

const given = z.object({ index: z.int(), awaited: KeyCeremonyShape.shape.awaited });

/** Trustees do not sign in: what they send is signed with the keys that the charter names, and a share proves itself. */
export const keyRoutes = {
  getKeyCeremony: route('GET /v1/m/{municipalityId}/polls/{pollId}/key', {
    summary: 'Who makes the key of this poll, and all packages so far',
    access: { anyone: true },
    params: Poll,
    answer: KeyCeremonyShape,
    problems: ['poll-roll-not-frozen'],
  }),
  giveRound1: route('PUT /v1/m/{municipalityId}/polls/{pollId}/key/round1/{index}', {
    kind: 'plain',
    summary: "A trustee's round 1; the first stays",
    access: { anyone: true },
    params: Trustee,
    body: Round1Shape,
    answer: given,
    problems: wrongPackage,
  }),
  giveRound2: route('PUT /v1/m/{municipalityId}/polls/{pollId}/key/round2/{index}', {
    kind: 'plain',
    summary: "A trustee's round 2, once everybody's round 1 is there; the first stays",
    access: { anyone: true },
    params: Trustee,
    body: Round2Shape,
    bodyLimit: 256 * 1024,
    answer: given,
    problems: wrongPackage,
  }),
  confirmKey: route('PUT /v1/m/{municipalityId}/polls/{pollId}/key/confirmation/{index}', {
    kind: 'plain',
    summary: 'That a trustee holds a share that matches; with the last one the key is made',
    access: { anyone: true },
    params: Trustee,
    body: ConfirmationShape,
    answer: given,
    problems: wrongPackage,
  }),
  releaseShare: route('PUT /v1/m/{municipalityId}/polls/{pollId}/key/share/{index}', {
    kind: 'plain',
    summary: "A trustee's share, once complaints are settled; it is checked against the manifest",
    access: { anyone: true },
    params: Trustee,
    body: z.object({
      share: hexOf(32),
      signature: hexOf(64).meta({
        description:
          'Ed25519 of "talkoot-key-release-v1" ‖ m ‖ u32 size ‖ root of the final checkpoint ‖ u16 index ‖ share',
      }),
    }),
    answer: given,
    problems: ['release-not-awaited', 'share-wrong', 'release-unsigned', 'poll-without-board'],
  }),
  declareDestroyed: route('PUT /v1/m/{municipalityId}/polls/{pollId}/key/destruction/{index}', {
    kind: 'plain',
    summary:
      'That a trustee has destroyed its share: Ed25519 of "talkoot-key-destroyed-v1" ‖ ceremony hash ‖ u16 index, once the poll is over',
    access: { anyone: true },
    params: Trustee,
    body: z.object({ signature: hexOf(64) }),
    answer: given,
    problems: ['destruction-not-awaited', 'package-wrong'],
  }),
};

export const keyProblems = {
  'ceremony-not-awaited': { status: 409, title: 'The ceremony is not at this step' },
  'package-wrong': { status: 422, title: "This is not a valid package of this trustee's" },
  'package-differs': { status: 409, title: 'This trustee gave another package before; the first stays' },
  'release-not-awaited': { status: 409, title: 'Shares are not asked for now' },
  'share-wrong': { status: 422, title: 'This share does not match the key of the manifest' },
  'release-unsigned': {
    status: 422,
    title: 'The trustee did not sign that it gives this share for the board as it is',
  },
  'destruction-not-awaited': { status: 409, title: 'The poll is not over: its key is still needed' },
} as const;
