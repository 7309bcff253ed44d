import { z } from 'zod';
import { route } from '../api.ts';
import { DecisionAnswerShape } from '../lifecycle-routes.ts';
import { MoneyShape, ReasonShape } from '../shapes.ts';
import { ProjectParams } from './proposals.ts';

const manager = { roles: ['department-manager'] } as const;

export const reviewRoutes = {
  endorse: route('POST /v1/m/{municipalityId}/projects/{projectId}/endorsements', {
    summary: 'Endorse a proposal, once for each resident',
    access: { roles: ['resident'] },
    params: ProjectParams,
    answer: z.object({ endorsements: z.int(), threshold: z.int() }),
    problems: ['already-endorsed', 'champion-endorses', 'not-eligible', 'wrong-phase'],
  }),
  admitProposal: route('POST /v1/m/{municipalityId}/projects/{projectId}/admission', {
    kind: 'move',
    summary: 'Admit a qualified proposal to the ballot with its full cost and a published reason',
    access: manager,
    params: ProjectParams,
    body: z.object({ cost: MoneyShape, reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['over-project-cap', 'currency-differs', 'same-person-twice', 'not-awaited', 'suspended'],
  }),
  refuseProposal: route('POST /v1/m/{municipalityId}/projects/{projectId}/refusal', {
    kind: 'move',
    summary: 'Refuse a qualified proposal with a published reason',
    access: manager,
    params: ProjectParams,
    body: z.object({ reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['same-person-twice', 'not-awaited', 'suspended'],
  }),
  appeal: route('POST /v1/m/{municipalityId}/projects/{projectId}/appeal', {
    kind: 'move',
    summary: 'Appeal, once: as champion against the refusal, as resident against the bonus decision',
    access: { roles: ['resident'] },
    params: ProjectParams,
    body: z.object({ reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['not-champion', 'not-awaited', 'appeal-used', 'suspended'],
  }),
  decideAppeal: route('POST /v1/m/{municipalityId}/projects/{projectId}/appeal-decision', {
    kind: 'move',
    summary:
      'Decide an appeal or an objection; upheld: what was decided is decided again, a bonus on a corrected assessment',
    access: { roles: ['appeal-body'] },
    params: ProjectParams,
    body: z.object({ upheld: z.boolean(), reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['not-awaited', 'same-person-twice', 'interested-party', 'suspended'],
  }),
  closeWindow: route('POST /v1/m/{municipalityId}/projects/{projectId}/window-end', {
    kind: 'move',
    summary: 'End a running window for appeals or objections',
    access: { roles: ['appeal-body'] },
    params: ProjectParams,
    answer: DecisionAnswerShape,
    problems: ['same-person-twice', 'interested-party', 'not-awaited', 'suspended'],
  }),
};
