import { ApiProblem } from '@talkoot/api-contracts';
import type { PerformanceRecord } from '@talkoot/api-contracts/projects';
import { municipalityOf } from '../play.ts';
import type { OfficialKey, Play } from '../play.ts';

/** The lead contests the hours of their own record, the appeal body decides, HR takes all records over. */
export async function recordsAreKept(play: Play): Promise<void> {
  const lead = play.official('civil-servant-1').projects;
  const params = { ...municipalityOf(play), pilotId: play.pilotId };
  if ((await recordOf(play, 'civil-servant-1')) === null) return;
  const reason = 'Only my hours of the last day are there: the rest is in the diary on paper.';
  const { contestId } = await lead.contestRecord({ params, body: { criterion: 'hours', reason } });
  await play.official('appeal-body').projects.decideContest({
    params: { ...municipalityOf(play), contestId },
    body: { upheld: true, figure: '5/6', reason: 'The diary shows 50 of every 60 assigned hours.' },
  });
  await play.official('hr').projects.exportRecordsCsv({ params });
}

/** What a civil servant reads of their own; null for somebody who was assigned to nothing. */
export async function recordOf(play: Play, key: OfficialKey): Promise<PerformanceRecord | null> {
  const params = { ...municipalityOf(play), pilotId: play.pilotId };
  return play
    .official(key)
    .projects.getMyRecord({ params })
    .catch((error: unknown) => {
      if (error instanceof ApiProblem && error.code === 'record-missing') return null;
      throw error;
    });
}
