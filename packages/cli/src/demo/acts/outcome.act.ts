import { until } from '../patience.ts';
import { fundedProjects, municipalityOf, projectParams } from '../play.ts';
import type { Play, PlayedProject } from '../play.ts';
import type { PlannedOutcome } from '../plan.ts';

type WithOutcome = PlayedProject & { readonly plan: { readonly outcome: PlannedOutcome } };

/** The funded projects in which an investor takes part. */
async function investedProjects(play: Play): Promise<WithOutcome[]> {
  return (await fundedProjects(play)).filter(
    (project): project is WithOutcome => project.plan.outcome !== undefined,
  );
}

/** A clerk proposes the terms, the budget authority signs them; their maximum is reserved from then on. */
export async function outcomeContractsAreSigned(play: Play): Promise<void> {
  const payee = { party: 'investor', payeeId: play.official('investor').personId, role: 'investor' } as const;
  for (const project of await investedProjects(play)) {
    const { contractId, sha256 } = await play.official('finance-clerk').payments.proposeOutcomeContract({
      params: { ...municipalityOf(play), pilotId: play.pilotId },
      body: {
        projectId: project.projectId,
        terms: project.plan.outcome.terms,
        payer: 'municipality',
        payees: [payee],
      },
    });
    const params = { ...municipalityOf(play), contractId };
    await play.official('budget-authority').payments.signOutcomeContract({ params, body: { sha256 } });
    project.contractId = contractId;
  }
}

/** Once no appeal against the bonus can change it, the assessor states what the assessment found; the terms decide; what is left of the reserve is free again. */
export async function outcomesAreDecided(play: Play): Promise<void> {
  for (const project of await investedProjects(play)) {
    const look = () => play.visitor.projects.getAssessment({ params: projectParams(play, project) });
    const what = `The final assessment of ${project.plan.key}`;
    const { assessmentId, sha256, draft } = await until(what, look, ({ final }) => final);
    const { criteria } = await play.visitor.projects.getProject({ params: projectParams(play, project) });
    const estimateOf = (criterion: number) =>
      draft.criteria.find(({ criterionId }) => criterionId === criteria[criterion]!.criterionId)?.estimate ??
      null;
    const params = { ...municipalityOf(play), contractId: project.contractId! };
    await play.official('assessor').payments.decideOutcomeContract({
      params,
      body: {
        evidence: { projectId: project.projectId, assessmentId, sha256 },
        inputs: Object.fromEntries(
          Object.entries(project.plan.outcome.estimates).map(([input, criterion]) => [
            input,
            estimateOf(criterion),
          ]),
        ),
      },
    });
    const body = { reason: 'Everything that it could pay for is measured.' };
    await play.official('budget-authority').payments.endOutcomeContract({ params, body });
  }
}

/** Why a contract of a project pays what it pays, as its investor is told. */
export async function outcomeOf(play: Play, { contractId }: PlayedProject) {
  if (contractId === undefined) return null;
  const { payments } = play.official('investor');
  const params = { ...municipalityOf(play), contractId };
  const { items } = await payments.listOutcomeDecisions({ params, query: { limit: 1 } });
  const [decision] = items;
  if (!decision) return null;
  return payments.explainOutcomeDecision({ params: { ...params, decisionId: decision.decisionId } });
}
