import { until } from '../patience.ts';
import { fundedProjects, forEach, municipalityOf, projectParams } from '../play.ts';
import type { Play, PlayedProject } from '../play.ts';
import type { Report } from '../progress.ts';
import { feedsGoOn } from './feed.act.ts';
import { phaseOf, windowCloses } from './poll.act.ts';

/** Somebody who is not on the team takes the readings, or a device does; residents report side effects; the assessor closes and signs. */
export async function effectsAreMeasured(play: Play, report: Report): Promise<void> {
  await forEach(report, await fundedProjects(play), async (project) => {
    await readingsAreTaken(play, project, (collection) => collection !== 'baseline');
    await feedsGoOn(play, project);
    await sideEffectsAreReported(play, project);
    await measurementCloses(play, project);
    await phaseOf(play, project, 'assessment');
  });
}

/** Once everything planned is observed, the assessor closes the measurement. */
async function measurementCloses(play: Play, project: PlayedProject): Promise<void> {
  const params = { ...municipalityOf(play), measurementId: project.measurementId! };
  const look = () => play.visitor.projects.getMeasurement({ params });
  await until(`The closing of ${project.plan.key}`, look, ({ phase }) => phase === 'closing');
  const body = { reason: 'Everything planned is observed.' };
  await play.official('assessor').projects.closeMeasurement({ params, body });
}

/** The assessor signs what the locked criteria and the readings give; the window for objections closes. */
export async function assessorSigns(play: Play, report: Report): Promise<void> {
  await forEach(report, await fundedProjects(play), async (project) => {
    const params = projectParams(play, project);
    const draft = await play.visitor.projects.draftAssessment({ params });
    await play.official('assessor').projects.signAssessment({
      params,
      body: {
        draftSha256: draft.sha256,
        conclusion: 'Measured as planned; the readings were checked on site.',
      },
    });
    await windowCloses(play, project, 'objection');
  });
}

/** Takes the planned readings of the chosen collections, in their order. */
export async function readingsAreTaken(
  play: Play,
  project: PlayedProject,
  chosen: (collection: string) => boolean,
): Promise<void> {
  const params = projectParams(play, project);
  const record = await play.visitor.projects.getProject({ params });
  for (const reading of project.plan.readings.filter(({ collection }) => chosen(collection))) {
    const criterion = record.criteria[reading.criterion]!;
    await play.official('assessor').projects.recordObservation({
      params,
      body: {
        criterionId: criterion.criterionId,
        collection: reading.collection,
        observedAt: new Date().toISOString(),
        value: reading.value,
        unit: criterion.unit,
        group: reading.group ?? 'treated',
        ...(reading.unitName ? { unitName: reading.unitName } : {}),
      },
    });
  }
}

async function sideEffectsAreReported(play: Play, project: PlayedProject): Promise<void> {
  for (const { direction, title, evidence, points } of project.plan.sideEffects) {
    const effect = await play.residents.at(-3)!.projects.reportSideEffect({
      params: projectParams(play, project),
      body: { direction, title, evidence },
    });
    await play.official('assessor').projects.proposePoints({
      params: { ...municipalityOf(play), sideEffectId: effect.sideEffectId },
      body: { points, reason: 'In proportion to the people concerned.' },
    });
  }
  const params = projectParams(play, project);
  const look = () => play.visitor.projects.listSideEffects({ params });
  await until('The side effects', look, ({ items }) => items.length === project.plan.sideEffects.length);
}
