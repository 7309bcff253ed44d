import type { Play } from '@talkoot/cli';
import type { StackHandle } from '@talkoot/local-stack';
import { lifecycleKinds } from '@talkoot/workflow-contracts';
import { here } from './access/actors.ts';
import { inDatabase } from './databases.ts';
import type { Owner } from './databases.ts';

/** In which collection the things lie that a path parameter names. */
const homes: readonly (readonly [parameter: string, owner: Owner, collection: string])[] = [
  ['pilotId', 'projects', 'pilots'],
  ['roundId', 'projects', 'rounds'],
  ['projectId', 'projects', 'projects'],
  ['commentId', 'projects', 'comments'],
  ['hoursId', 'projects', 'hours'],
  ['skillId', 'projects', 'skills'],
  ['textId', 'projects', 'texts'],
  ['measurementId', 'projects', 'measurements'],
  ['sideEffectId', 'projects', 'sideeffects'],
  ['assessmentId', 'projects', 'assessments'],
  ['pollId', 'ballots', 'polls'],
  ['spendingId', 'payments', 'spending'],
  ['obligationId', 'payments', 'obligations'],
  ['batchId', 'payments', 'batches'],
  ['contractId', 'payments', 'outcomecontracts'],
  ['decisionId', 'payments', 'outcomedecisions'],
  ['bonusId', 'payments', 'bonuses'],
  ['accountId', 'payments', 'debtoraccounts'],
  ['messageFileId', 'payments', 'bankmessages'],
  ['suspenseId', 'payments', 'suspense'],
  ['personId', 'identity', 'people'],
  ['grantId', 'identity', 'grants'],
];
const most = 20;

/** What path parameters name within a thing: the same everywhere, whether or not the thing is there. */
export const placesInThings: Readonly<Record<string, string[]>> = {
  index: ['1', '2', '3'],
  file: ['manifest.json', 'board.bin', 'board.checkpoints', 'result.json', 'roll.auditor.bin'],
  level: ['0', '1'],
  path: ['000', '000.p/1', 'x001/000'],
  desk: ['library'],
  fiscalYear: ['2026', '2027'],
};

/** For each path parameter, ids of what there is after a pilot. */
export async function existingIds(stack: StackHandle, play: Play): Promise<Record<string, string[]>> {
  const ids: Record<string, string[]> = { municipalityId: [here], kind: [...lifecycleKinds] };
  for (const [parameter, owner, collection] of homes) {
    ids[parameter] = await inDatabase(stack, owner, async (database) => {
      const rows = await database.collection<{ _id: string }>(collection).find().limit(most).toArray();
      return rows.map(({ _id }) => _id);
    });
  }
  const lifecycles = ['pilotId', 'roundId', 'projectId', 'pollId', 'measurementId', 'batchId'];
  Object.assign(ids, placesInThings);
  ids['lifecycleId'] = lifecycles.flatMap((parameter) => ids[parameter]!);
  ids['projectId'] = [...play.projects.values()].map(({ projectId }) => projectId);
  return ids;
}
