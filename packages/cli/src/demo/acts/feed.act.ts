import { until } from '../patience.ts';
import { municipalityOf, projectParams } from '../play.ts';
import type { OpenFeed, Play, PlayedProject } from '../play.ts';
import type { PlannedFeed, PlannedSeries } from '../plan.ts';

const DAY_MS = 86_400_000;

/** The assessor opens a feed for each device, which delivers what it counted up to the day before yesterday. */
export async function feedsBegin(play: Play, project: PlayedProject): Promise<void> {
  for (const planned of project.plan.feeds ?? []) {
    const feed = await feedFor(play, project, planned);
    project.feeds.push(feed);
    const first = Date.now() - (planned.series[0]!.before.length + 1) * DAY_MS;
    const values = ({ before }: PlannedSeries) => before;
    await delivered(play, project, { feed, planned, collection: 'baseline', first, values });
  }
}

/**
 * The devices go on. A measurement lasts months, a demo minutes: the day by which time zones may differ lets it deliver three
 * days at once, around the one on which the measurement began.
 */
export async function feedsGoOn(play: Play, project: PlayedProject): Promise<void> {
  const params = { ...municipalityOf(play), measurementId: project.measurementId! };
  const began = Date.parse((await play.visitor.projects.getMeasurement({ params })).startedAt);
  for (const [at, planned] of (project.plan.feeds ?? []).entries()) {
    const of = { feed: project.feeds[at]!, planned };
    const yesterday = ({ after }: PlannedSeries) => after.slice(0, 1);
    await delivered(play, project, { ...of, collection: 'c1', first: began - DAY_MS, values: yesterday });
    const rest = ({ after }: PlannedSeries) => after.slice(1);
    await delivered(play, project, { ...of, collection: 'c2', first: began, values: rest });
  }
}

/** An answer that was lost is not told again, as nobody else keeps the secret: then there is another feed. */
async function feedFor(
  play: Play,
  project: PlayedProject,
  { criterion, name }: PlannedFeed,
): Promise<OpenFeed> {
  const params = projectParams(play, project);
  const assessor = play.official('assessor').projects;
  const { criteria } = await play.visitor.projects.getProject({ params });
  const { criterionId } = criteria[criterion]!;
  const open = async () => {
    const { feedId, token } = await assessor.createFeed({ params, body: { criterionId, name } });
    if (token !== null) return { feedId, token };
    await assessor.revokeFeed({ params: { ...municipalityOf(play), feedId } });
    return null;
  };
  return (await until(`The feed ${name}`, open, (feed) => feed !== null))!;
}

interface Delivery {
  readonly feed: OpenFeed;
  readonly planned: PlannedFeed;
  readonly collection: 'baseline' | 'c1' | 'c2';
  /** An instant of the day of the first value. */
  readonly first: number;
  readonly values: (series: PlannedSeries) => readonly number[];
}

async function delivered(
  play: Play,
  project: PlayedProject,
  { feed: { feedId, token }, planned, collection, first, values }: Delivery,
): Promise<void> {
  const { unit } = project.plan.criteria[planned.criterion]!;
  const about = { collection, observedAt: new Date().toISOString(), unit };
  const readings = planned.series.flatMap((series, place) =>
    values(series).map((value, day) => {
      const period = new Date(first + day * DAY_MS).toISOString().slice(0, 10);
      const reading = { ...about, ref: `${place}:${period}`, period, value: String(value) };
      const { unitName } = series;
      return unitName === undefined
        ? { ...reading, group: 'treated' as const }
        : { ...reading, group: 'comparison' as const, unitName };
    }),
  );
  const params = { ...municipalityOf(play), feedId };
  await play.visitor.projects.feedObservations({ params, body: { token, readings } });
}
