import { AllocationRuleShape } from '@talkoot/allocation';
import { SealedSeedShape } from '@talkoot/ballot-protocol/shapes';
import { z } from 'zod';
import { route } from '../api.ts';
import { IssuerRollShape } from '../identity/certificate.ts';
import { PollProtocolShape } from '../projects/charter.ts';
import { IdShape, InstantShape, MoneyShape, Sha256Shape } from '../shapes.ts';
import { PollKindShape, PollResultShape } from './result.ts';
import type { PollOutcome } from './result.ts';

const worker = { services: ['worker'] } as const;
const Poll = z.object({ pollId: IdShape });

/** What a ballot may say; the protocol fixes its length. `points` only where the type is. */
export const BallotRulesShape = z
  .object({
    type: z.enum(['approval', 'knapsack', 'points', 'yes-no', 'bonus']),
    minChoices: z.int(),
    maxChoices: z.int(),
    points: z.int().min(1).optional(),
  })
  .meta({ id: 'BallotRules' });

/** When the phases of a poll end, to the second. */
export const PollWindowsShape = z
  .object({
    opens: InstantShape,
    certificatesClose: InstantShape,
    /** 30 minutes later. */
    castingCloses: InstantShape,
    /** At least 72 hours later. */
    complaintsClose: InstantShape,
  })
  .meta({ id: 'PollWindows' });
export type PollWindows = z.infer<typeof PollWindowsShape>;
/** How far clocks of different machines may be apart, in milliseconds, before a window binds. */
export const clockToleranceMs = 60_000;

/** What the worker asks. Every one may be repeated and answers the same. */
export const ballotsInternalRoutes = {
  preparePoll: route('PUT /internal/v1/polls/{pollId}', {
    kind: 'plain',
    summary: 'Create a poll and start its lifecycle; one for ever under this id',
    access: worker,
    params: Poll,
    bodyLimit: 4 * 1024 * 1024,
    body: z.object({
      kind: PollKindShape,
      municipalityId: IdShape,
      pilotId: IdShape,
      roundId: IdShape.nullable(),
      projectId: IdShape.nullable(),
      /** Lifecycle that is told `poll-decided`. */
      reportTo: z.object({ kind: z.enum(['round', 'project']), id: IdShape }),
      options: z.array(z.object({ optionId: IdShape, cost: MoneyShape.nullable() })).max(5000),
      budget: MoneyShape.nullable(),
      ballot: BallotRulesShape,
      /** How a prioritisation is decided; null for the others. */
      allocation: AllocationRuleShape.nullable(),
      /** The charter's trustees, batch size and minima. */
      protocol: PollProtocolShape,
    }),
    answer: z.object({ pollId: IdShape }),
    problems: ['poll-differs', 'poll-invalid'],
  }),
  recordRolls: route('PUT /internal/v1/polls/{pollId}/rolls', {
    kind: 'plain',
    summary: 'Record the frozen rolls and the keys of both issuers; the first stay for ever',
    access: worker,
    params: Poll,
    body: z.object({ issuers: z.array(IssuerRollShape).length(2) }),
    answer: z.object({
      roll: z.int().meta({ description: "How many are on the municipality's roll" }),
      enough: z.boolean().meta({ description: "Whether both rolls reach the charter's minimum" }),
    }),
    problems: ['issuers-differ'],
  }),
  publishManifest: route('PUT /internal/v1/polls/{pollId}/manifest', {
    kind: 'plain',
    summary:
      'Write the manifest, once the key is made, and open the board with it under a witnessed checkpoint; the first stays. Refused if it does not ask what was prepared.',
    access: worker,
    params: Poll,
    body: z.object({
      windows: PollWindowsShape.nullable(),
      /** What both issuers sealed to the key of this poll, in the order of the manifest. */
      lot: z.tuple([SealedSeedShape, SealedSeedShape]),
      questionSha256: Sha256Shape.meta({
        description: 'Of the question, as it was when the poll was prepared',
      }),
    }),
    answer: z.object({
      manifest: z.string().meta({ description: 'Canonical JSON (RFC 8785)' }),
      manifestSha256: Sha256Shape,
    }),
    problems: [
      'key-not-made',
      'issuers-differ',
      'manifest-invalid',
      'question-differs',
      'witnesses-silent',
      'board-not-current',
    ],
  }),
  closeBoard: route('PUT /internal/v1/polls/{pollId}/board/closed', {
    kind: 'plain',
    summary: 'Publish all ballots that still wait, under a witnessed checkpoint, once casting is over',
    access: worker,
    params: Poll,
    answer: z.object({ leaves: z.int().min(0) }),
    problems: ['poll-not-closed', 'witnesses-silent', 'board-not-current'],
  }),
  settleComplaints: route('PUT /internal/v1/polls/{pollId}/board/final', {
    kind: 'plain',
    summary:
      'Publish what complaints showed to be missing, and the closing record; the final checkpoint, and whether the key may be released',
    access: worker,
    params: Poll,
    answer: z.object({
      ballots: z.int().min(0).meta({ description: 'Keys on the board, whatever their ballots say' }),
      enough: z.boolean().meta({ description: "Whether they reach the charter's minimum" }),
    }),
    problems: ['poll-not-closed', 'windows-bind', 'witnesses-silent', 'board-not-current'],
  }),
  tallyPoll: route('PUT /internal/v1/polls/{pollId}/tally', {
    kind: 'plain',
    summary:
      'Open and count the ballots of a poll whose key was released, or record that nobody learns what they say',
    access: worker,
    params: Poll,
    body: z.object({ outcome: z.enum(['counted', 'withheld']) }),
    answer: PollResultShape,
    problems: ['poll-not-closed', 'key-not-released'],
  }),
  publishPollFiles: route('PUT /internal/v1/polls/{pollId}/publication', {
    kind: 'plain',
    summary: 'Write the public files of a tallied poll, from which anybody recounts it',
    access: worker,
    params: Poll,
    answer: z.object({
      files: z.array(z.object({ name: z.string(), sha256: Sha256Shape, bytes: z.int().min(0) })),
    }),
    problems: ['poll-not-tallied', 'issuers-differ', 'closing-differs'],
  }),
  getResult: route('GET /internal/v1/polls/{pollId}/result', {
    summary: 'What came of a poll that is over or published',
    access: { services: ['worker', 'projects', 'payments'] },
    params: Poll,
    answer: PollResultShape,
    problems: ['poll-not-tallied'],
  }),
};
export type TallyOutcome = Extract<PollOutcome, 'counted' | 'withheld'>;
