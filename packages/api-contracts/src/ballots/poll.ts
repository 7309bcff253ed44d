import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { DecisionAnswerShape, LifecycleViewShape } from '../lifecycle-routes.ts';
import {
  BytesShape,
  IdShape,
  InstantShape,
  MoneyShape,
  MunicipalityParams,
  ReasonShape,
  Sha256Shape,
} from '../shapes.ts';
import { BallotRulesShape, PollWindowsShape } from './internal.ts';
import { PollKindShape, PollResultShape } from './result.ts';

const Poll = MunicipalityParams.extend({ pollId: IdShape });
const officer = { roles: ['poll-officer'] } as const;
const waitChangers = { roles: ['sponsor', 'appeal-body', 'poll-officer', 'budget-authority'] } as const;

export const PollPhaseShape = z
  .enum([
    'new',
    'prepared',
    'roll-frozen',
    'key-made',
    'open',
    'closing',
    'closed',
    'key-release',
    'tallied',
    'published',
    'decided',
    'not-held',
    'annulled',
  ])
  .meta({ id: 'PollPhase' });

export const PollSummaryShape = z
  .object({
    pollId: IdShape,
    kind: PollKindShape,
    phase: PollPhaseShape,
    pilotId: IdShape,
    roundId: IdShape.nullable(),
    projectId: IdShape.nullable(),
  })
  .meta({ id: 'PollSummary' });

/** A poll as voters see it. It never says how many have voted, let alone how. */
export const PollShape = PollSummaryShape.extend({
  options: z.array(z.object({ optionId: IdShape, cost: MoneyShape.nullable() })),
  budget: MoneyShape.nullable(),
  ballot: BallotRulesShape,
  /** Size of the frozen roll. */
  roll: z.int().min(0).nullable(),
  manifestSha256: Sha256Shape.nullable().meta({
    description: 'Of the manifest, once both rolls are frozen and the key is made',
  }),
  windows: PollWindowsShape.nullable().meta({
    description: 'Null before the manifest, and where authorised acts end the phases',
  }),
  lifecycle: LifecycleViewShape,
}).meta({ id: 'Poll' });

const decision = (name: string, summary: string, problems: readonly string[] = []) =>
  route(`POST /v1/m/{municipalityId}/polls/{pollId}/${name}`, {
    kind: 'move',
    summary,
    access: officer,
    params: Poll,
    answer: DecisionAnswerShape,
    problems: ['not-awaited', 'already-decided', 'suspended', ...problems],
  });

export const pollRoutes = {
  listPolls: route('GET /v1/m/{municipalityId}/polls', {
    summary: 'Polls of a municipality, by id',
    access: { anyone: true },
    params: MunicipalityParams,
    query: PageQueryShape.extend({
      kind: PollKindShape.optional(),
      phase: PollPhaseShape.optional(),
      roundId: IdShape.optional(),
      projectId: IdShape.optional(),
    }),
    answer: pageOf(PollSummaryShape),
  }),
  getPoll: route('GET /v1/m/{municipalityId}/polls/{pollId}', {
    summary: 'Options, costs, ballot rules, phase and deadline of a poll',
    access: { anyone: true },
    params: Poll,
    answer: PollShape,
  }),
  getManifest: route('GET /v1/m/{municipalityId}/polls/{pollId}/manifest', {
    summary:
      'What certificates and ballots of a poll are bound to, by the SHA-256 of exactly these bytes: canonical JSON (RFC 8785)',
    access: { anyone: true },
    params: Poll,
    answer: z.string(),
    answerType: 'text/plain',
    problems: ['poll-without-manifest'],
  }),
  listPollSteps: route('GET /v1/m/{municipalityId}/polls/{pollId}/steps', {
    summary: 'What happened to a poll, in order: its public trace',
    access: { anyone: true },
    params: Poll,
    query: PageQueryShape,
    answer: pageOf(
      z.object({
        number: z.int(),
        name: z.string(),
        cause: z.string(),
        phase: z.string(),
        actedAs: z.string().nullable(),
        at: InstantShape,
      }),
    ),
  }),
  freezePollRoll: decision('roll-freeze', 'Freeze the electoral roll'),
  openPoll: decision('opening', 'Open the poll', ['windows-bind']),
  closePoll: decision('closing', 'Issue no more certificates; whoever has theirs may still cast', [
    'windows-bind',
  ]),
  endCasting: decision('casting-end', 'Accept no more ballots', ['windows-bind']),
  endComplaints: decision('complaints-end', 'Accept no more complaints', ['windows-bind']),
  publishPoll: decision('publication', 'Publish the tally, and the files from which anybody recounts it'),
  requestPollAnnulment: route('POST /v1/m/{municipalityId}/polls/{pollId}/annulment-requests', {
    kind: 'move',
    summary:
      'Ask to annul a poll that nobody can finish, before its key is released; the appeal body has to confirm',
    access: officer,
    params: Poll,
    body: z.object({ reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['already-decided', 'suspended'],
  }),
  confirmPollAnnulment: route('POST /v1/m/{municipalityId}/polls/{pollId}/annulments', {
    kind: 'move',
    summary: 'Annul a poll that nobody can finish, as the poll officer asked: it has no result',
    access: { roles: ['appeal-body'] },
    params: Poll,
    body: z.object({ reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['already-decided', 'suspended', 'no-change-requested', 'same-person-twice'],
  }),
  appealPoll: route('POST /v1/m/{municipalityId}/polls/{pollId}/appeals', {
    kind: 'move',
    summary: 'Appeal against a published poll; the first appeal is decided for all',
    access: { roles: ['resident'] },
    params: Poll,
    body: z.object({ reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['not-awaited', 'already-decided', 'suspended'],
  }),
  decidePollAppeal: route('POST /v1/m/{municipalityId}/polls/{pollId}/appeal-decisions', {
    kind: 'move',
    summary: 'Decide the appeal: upheld, the poll is annulled and has no result',
    access: { roles: ['appeal-body'] },
    params: Poll,
    body: z.object({ upheld: z.boolean(), reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['not-awaited', 'already-decided', 'suspended', 'same-person-twice'],
  }),
  endPollAppeals: route('POST /v1/m/{municipalityId}/polls/{pollId}/appeals-end', {
    kind: 'move',
    summary: 'Close the window for appeals before its time, where the charter ends phases by acts',
    access: { roles: ['appeal-body'] },
    params: Poll,
    answer: DecisionAnswerShape,
    problems: ['not-awaited', 'already-decided', 'suspended', 'windows-bind'],
  }),
  getPublication: route('GET /v1/m/{municipalityId}/polls/{pollId}/publication', {
    summary: 'The public files of a published poll: from them and nothing else anybody recounts it',
    access: { anyone: true },
    params: Poll,
    answer: z.object({
      files: z.array(z.object({ name: z.string(), sha256: Sha256Shape, bytes: z.int().min(0) })),
    }),
    problems: ['poll-not-published'],
  }),
  getPublicationFile: route('GET /v1/m/{municipalityId}/polls/{pollId}/publication/{file}', {
    summary: 'One of these files, as PROTOCOL.md describes it',
    access: { anyone: true },
    params: Poll.extend({ file: z.string().regex(/^[a-z][a-z0-9.-]{0,99}$/) }),
    answer: BytesShape,
    answerType: 'application/octet-stream',
    problems: ['poll-not-published'],
  }),
  requestPollWaitChange: route('POST /v1/m/{municipalityId}/polls/{pollId}/wait-changes', {
    kind: 'move',
    summary: 'Ask to extend, suspend, resume or rectify the running wait; a second person has to confirm',
    access: waitChangers,
    params: Poll,
    body: z.object({
      change: z.enum(['extend', 'suspend', 'resume', 'rectify']),
      due: InstantShape.optional(),
      reason: ReasonShape,
    }),
    answer: DecisionAnswerShape,
    problems: ['not-awaited', 'suspended', 'same-person-twice', 'windows-bind'],
  }),
  confirmPollWaitChange: route('POST /v1/m/{municipalityId}/polls/{pollId}/wait-changes/confirmation', {
    kind: 'move',
    summary: 'Confirm exactly the requested change of the running wait, as a second person',
    access: waitChangers,
    params: Poll,
    body: z.object({
      change: z.enum(['extend', 'suspend', 'resume', 'rectify']),
      due: InstantShape.optional(),
    }),
    answer: DecisionAnswerShape,
    problems: ['not-awaited', 'suspended', 'same-person-twice', 'no-change-requested'],
  }),
  getPollText: route('GET /v1/m/{municipalityId}/poll-texts/{textId}', {
    summary: 'A published reason',
    access: { anyone: true },
    params: MunicipalityParams.extend({ textId: IdShape }),
    answer: z.object({ id: IdShape, text: z.string(), sha256: Sha256Shape, at: InstantShape }),
  }),
  getPollResult: route('GET /v1/m/{municipalityId}/polls/{pollId}/result', {
    summary: 'Tally of a published poll, and why each option was funded or not',
    access: { anyone: true },
    params: Poll,
    answer: PollResultShape,
    problems: ['poll-not-published'],
  }),
  exportBallotsAsPabulib: route('GET /v1/m/{municipalityId}/polls/{pollId}/ballots.pb', {
    summary:
      'All counted ballots of a published prioritisation as a Pabulib file, in the order of their hashes',
    access: { anyone: true },
    params: Poll,
    answer: z.string(),
    answerType: 'text/plain',
    problems: ['poll-not-published', 'no-pabulib-form'],
  }),
  exportBallotsAsCsv: route('GET /v1/m/{municipalityId}/polls/{pollId}/ballots.csv', {
    summary: 'All counted ballots of a published poll as CSV, in the order of their hashes',
    access: { anyone: true },
    params: Poll,
    answer: z.string(),
    answerType: 'text/csv',
    problems: ['poll-not-published'],
  }),
  exportLot: route('GET /v1/m/{municipalityId}/polls/{pollId}/lot.json', {
    summary:
      'The options of a counted prioritisation in the order of the lot: with it `talkoot allocate ballots.pb --tie` decides again what was decided',
    access: { anyone: true },
    params: Poll,
    answer: z.array(IdShape),
    problems: ['poll-not-published', 'poll-without-lot'],
  }),
};

export const pollProblems = {
  'poll-differs': { status: 409, title: 'Another poll has this id' },
  'poll-invalid': { status: 422, title: 'No such poll can be held' },
  'windows-bind': { status: 409, title: 'The manifest says when this phase ends: nobody ends it before' },
  'step-off-course': { status: 409, title: 'A poll does not come from this phase to that one' },
  'annulment-not-decided': { status: 409, title: 'The appeal body has not annulled this poll' },
  'question-differs': {
    status: 409,
    title: 'The poll does not ask any more what was prepared: somebody has changed it since',
  },
  'poll-without-manifest': { status: 409, title: 'The manifest of the poll is not written yet' },
  'manifest-invalid': { status: 409, title: 'No manifest can be made of what this poll is to be' },
  'key-not-made': { status: 409, title: 'The trustees have not made the key of this poll yet' },
  'key-not-released': { status: 409, title: 'Too few trustees have released their shares' },
  'witnesses-silent': { status: 503, title: 'Too few witnesses answer: nothing is published without them' },
  'poll-roll-not-frozen': { status: 409, title: 'The rolls of the poll are not frozen yet' },
  'issuers-differ': { status: 409, title: 'These are not the two issuers of this poll' },
  'poll-not-closed': { status: 409, title: 'The poll is not closed' },
  'closing-differs': {
    status: 409,
    title:
      'Complaints or totals of desks are not those that the board was closed with: somebody has changed them since',
  },
  'poll-not-tallied': { status: 409, title: 'The poll is not tallied yet' },
  'poll-not-published': { status: 409, title: 'The result is not published yet' },
  'poll-without-lot': { status: 409, title: 'Nothing was drawn by lot in this poll' },
  'no-pabulib-form': { status: 409, title: 'Only a prioritisation can be written as a Pabulib file' },
} as const;
