import { z } from 'zod';
import { OutcomeResultsShape } from './outcome/results.shape.ts';
import { OutcomeTermsShape } from './outcome/terms.shape.ts';
import { EstimatesShape } from './plan/estimates.shape.ts';
import { MeasurementPlanShape } from './plan/plan.shape.ts';

/** Every document that is generated from the shapes and committed, by its path in this package. */
export function committedDocuments(): Map<string, string> {
  return new Map([
    ['schemas/outcome-terms.json', schemaOf('outcome-terms', OutcomeTermsShape)],
    ['schemas/outcome-results.json', schemaOf('outcome-results', OutcomeResultsShape)],
    ['schemas/measurement-plan.json', schemaOf('measurement-plan', MeasurementPlanShape)],
    ['schemas/estimates.json', schemaOf('estimates', EstimatesShape)],
  ]);
}

function schemaOf(name: string, shape: z.ZodType): string {
  const { $schema, ...schema } = z.toJSONSchema(shape, { target: 'draft-7', io: 'input' });
  return `${JSON.stringify({ $schema, $id: `urn:talkoot:${name}`, ...schema }, null, 2)}\n`;
}
