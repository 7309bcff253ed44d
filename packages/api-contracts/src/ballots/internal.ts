import { z } from 'zod';
import { route } from '../api.ts';
import { IssuerRollShape } from '../identity/certificate.ts';
import { IdShape, MoneyShape, Sha256Shape } from '../shapes.ts';
import { PollKindShape, PollResultShape } from './result.ts';

const worker = { services: ['worker'] } as const;
const Poll = z.object({ pollId: IdShape });

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
      /** Lifecycle that is told `poll-published`. */
      reportTo: z.object({ kind: z.enum(['round', 'project']), id: IdShape }),
      options: z.array(z.object({ optionId: IdShape, cost: MoneyShape.nullable() })).max(5000),
      budget: MoneyShape.nullable(),
      ballot: z.object({
        type: z.enum(['approval', 'knapsack', 'yes-no', 'bonus']),
        minChoices: z.int(),
        maxChoices: z.int(),
      }),
      /** How a prioritisation is decided. */
      rule: z.enum(['greedy']).default('greedy'),
    }),
    answer: z.object({ pollId: IdShape }),
    problems: ['poll-differs', 'poll-invalid'],
  }),
  recordRolls: route('PUT /internal/v1/polls/{pollId}/rolls', {
    kind: 'plain',
    summary:
      'Record the frozen rolls and the keys of both issuers, and publish the manifest; the first stay for ever',
    access: worker,
    params: Poll,
    body: z.object({ issuers: z.array(IssuerRollShape).length(2) }),
    answer: z.object({
      roll: z.int().meta({ description: "How many are on the municipality's roll" }),
      manifestSha256: Sha256Shape,
    }),
    problems: ['issuers-differ'],
  }),
  tallyPoll: route('PUT /internal/v1/polls/{pollId}/tally', {
    kind: 'plain',
    summary: 'Count the ballots of a closed poll; the same answer for ever',
    access: worker,
    params: Poll,
    answer: PollResultShape,
    problems: ['poll-not-closed'],
  }),
  getResult: route('GET /internal/v1/polls/{pollId}/result', {
    summary: 'The tally of a tallied poll',
    access: { services: ['worker', 'projects', 'payments'] },
    params: Poll,
    answer: PollResultShape,
    problems: ['poll-not-tallied'],
  }),
};
