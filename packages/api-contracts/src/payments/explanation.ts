import { route } from '../api.ts';
import { ExplanationShape } from '../explanation.ts';
import { IdShape, MunicipalityParams } from '../shapes.ts';
import { moneyReaders } from './capacity.ts';

export const explanationRoutes = {
  explainObligation: route('GET /v1/m/{municipalityId}/obligations/{obligationId}/explanation', {
    summary:
      'Why this amount? An obligation from its decision over every attempt to the bank, for its payee and for finance roles',
    access: { signedIn: true },
    params: MunicipalityParams.extend({ obligationId: IdShape }),
    answer: ExplanationShape,
  }),
  explainBonus: route('GET /v1/m/{municipalityId}/bonus-decisions/{bonusId}/explanation', {
    summary: 'Why this bonus? Pool, charter, score, vote and split, by role: no payee is named',
    access: { anyone: true },
    params: MunicipalityParams.extend({ bonusId: IdShape }),
    answer: ExplanationShape,
  }),
  explainSpending: route('GET /v1/m/{municipalityId}/spending/{spendingId}/explanation', {
    summary: 'Why this amount? A spending within its commitment, with its entries; no contractor is named',
    access: { anyone: true },
    params: MunicipalityParams.extend({ spendingId: IdShape }),
    answer: ExplanationShape,
  }),
  explainOutcome: route('GET /v1/m/{municipalityId}/outcome-decisions/{decisionId}/explanation', {
    summary:
      'Why this amount? An outcome decision by the terms as signed and the assessment it rests on; no payee is named',
    access: { anyone: true },
    params: MunicipalityParams.extend({ decisionId: IdShape }),
    answer: ExplanationShape,
  }),
  explainBatch: route('GET /v1/m/{municipalityId}/batches/{batchId}/explanation', {
    summary: 'Why this total? A batch by its obligations, with who signed which hash',
    access: { roles: [...moneyReaders, 'payroll'] },
    params: MunicipalityParams.extend({ batchId: IdShape }),
    answer: ExplanationShape,
  }),
};
