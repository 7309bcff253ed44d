import type { Manifest } from '../../manifest/manifest.shape.ts';
import { files } from '../../publication/files.ts';
import type { ArchivedCheckpoint } from '../archive.reading.ts';
import type { Finding } from '../report.ts';

/** How far the clocks of witnesses may be ahead, in seconds. */
const tolerance = 60;

/** No ballot was on the board before the poll opened, and it was not closed while people could still complain. */
export function checkWindows(
  { windows }: Pick<Manifest, 'windows'>,
  checkpoints: readonly ArchivedCheckpoint[],
): Finding[] {
  if (windows === null) return [];
  const isBefore = (instant: string, { time }: ArchivedCheckpoint) =>
    time !== null && time < Date.parse(instant) / 1_000 - tolerance;
  const entryOf = (place: number) => `${files.boardCheckpoints}#${place + 1}`;
  const early = [...checkpoints.entries()].filter(
    ([, checkpoint]) => checkpoint.size > 1 && isBefore(windows.opens, checkpoint),
  );
  const final = checkpoints.at(-1);
  return [
    ...early.map(([place]) => ({ code: 'before-opening', entry: entryOf(place) })),
    ...(final && isBefore(windows.complaintsClose, final)
      ? [{ code: 'before-complaints-closed', entry: entryOf(checkpoints.length - 1) }]
      : []),
  ];
}
