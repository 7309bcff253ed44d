import { files } from '../../publication/files.ts';
import type { Desks } from '../../publication/shapes.ts';
import type { Finding } from '../report.ts';

/** No desk entered more papers than it helped to certify, nor all of them more than there are ballots. */
export function checkDesks(desks: Desks, leaves: number): Finding[] {
  const problems = desks.flatMap(({ desk, issued, entered }) =>
    entered > issued ? [{ code: 'more-papers-than-certificates', entry: `${files.desks}: ${desk}` }] : [],
  );
  const twice = desks.filter(({ desk }, place) => desks.findIndex((one) => one.desk === desk) !== place);
  problems.push(...twice.map(({ desk }) => ({ code: 'desk-repeated', entry: `${files.desks}: ${desk}` })));
  const entered = desks.reduce((sum, desk) => sum + desk.entered, 0);
  if (entered > leaves) problems.push({ code: 'more-papers-than-ballots', entry: files.desks });
  return problems;
}
