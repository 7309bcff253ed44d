import type { ProjectShape, ProjectSummaryShape } from '@talkoot/api-contracts/projects';
import type { z } from 'zod';
import { finalScoreOf } from './project.ts';
import type { ProjectDocument } from './project.ts';

export function summaryOf(project: ProjectDocument): z.infer<typeof ProjectSummaryShape> {
  const { _id, externalId, pilotId, roundId, content, phase, endorsements, threshold, allocation, at } =
    project;
  return {
    projectId: _id,
    externalId,
    pilotId,
    roundId,
    title: content.title,
    place: content.place,
    phase,
    cost: project.reviewedCost ?? content.cost,
    endorsements,
    threshold,
    funded: allocation?.funded ?? null,
    votes: allocation?.votes ?? null,
    createdAt: at,
  };
}

export function shownProject(project: ProjectDocument): Omit<z.infer<typeof ProjectShape>, 'lifecycle'> {
  const { content } = project;
  const finalScore = finalScoreOf(project);
  return {
    ...summaryOf(project),
    version: project.version,
    description: content.description,
    champion: project.champion,
    coChampions: project.coChampions,
    pledge: content.pledge,
    criteria: content.criteria,
    reviewedCost: project.reviewedCost,
    reasons: project.reasons,
    phases: project.phases,
    mergedInto: project.mergedInto,
    allocation: project.allocation,
    lock: project.lock,
    measurementId: project.measurementId,
    finalScore: finalScore && {
      assessmentId: finalScore.assessmentId,
      score: finalScore.score,
      payable: finalScore.payable,
      computation: finalScore.computation,
    },
  };
}
