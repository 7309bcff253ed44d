import { DomainError } from '@talkoot/http-service';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import type { Poll, PollPhase, PollPlan } from './poll.ts';

interface PollDocument extends PollPlan {
  _id: string;
  planSha256: string;
  phase: PollPhase;
  roll: number | null;
}

const schema = new Schema<PollDocument>(
  {
    _id: String,
    kind: String,
    municipalityId: String,
    pilotId: String,
    roundId: String,
    projectId: String,
    reportTo: Schema.Types.Mixed,
    options: [Schema.Types.Mixed],
    budget: Schema.Types.Mixed,
    ballot: Schema.Types.Mixed,
    rule: String,
    planSha256: String,
    phase: String,
    roll: Number,
  },
  { versionKey: false, collection: 'polls', minimize: false },
);
schema.index({ municipalityId: 1, _id: 1 });
schema.index({ municipalityId: 1, roundId: 1 });
schema.index({ municipalityId: 1, projectId: 1 });

export type PollSummary = Pick<Poll, 'pollId' | 'kind' | 'phase' | 'pilotId' | 'roundId' | 'projectId'>;
export interface PollFilter {
  readonly kind?: string | undefined;
  readonly phase?: string | undefined;
  readonly roundId?: string | undefined;
  readonly projectId?: string | undefined;
}

export function pollStore(connection: Connection) {
  const polls = connection.model<PollDocument>('Poll', schema);
  const pollOf = ({ _id, ...rest }: PollDocument): Poll => ({ pollId: _id, ...rest });
  const summaryOf = ({ _id, kind, phase, pilotId, roundId, projectId }: PollDocument): PollSummary => ({
    pollId: _id,
    kind,
    phase,
    pilotId,
    roundId,
    projectId,
  });
  return {
    async add({ pollId, ...poll }: Omit<Poll, 'phase' | 'roll'>, session: ClientSession): Promise<void> {
      await polls.insertMany([{ _id: pollId, ...poll, phase: 'new', roll: null }], { session });
    },

    async find(pollId: string, session?: ClientSession): Promise<Poll | null> {
      const found = await polls.findById(pollId, null, session ? { session } : {}).lean();
      return found && pollOf(found);
    },

    /** @throws DomainError `not-found`, also for a poll of another municipality. */
    async get(pollId: string, municipalityId?: string): Promise<Poll> {
      const found = await this.find(pollId);
      if (!found || (municipalityId !== undefined && found.municipalityId !== municipalityId)) {
        throw new DomainError('not-found');
      }
      return found;
    },

    async list(
      municipalityId: string,
      filter: PollFilter,
      page: { readonly after: string | undefined; readonly limit: number },
    ): Promise<PollSummary[]> {
      const { kind, phase, roundId, projectId } = filter;
      const wanted = {
        municipalityId,
        ...(page.after === undefined ? {} : { _id: { $gt: page.after } }),
        ...(kind ? { kind } : {}),
        ...(phase ? { phase } : {}),
        ...(roundId ? { roundId } : {}),
        ...(projectId ? { projectId } : {}),
      };
      const shown = { kind: 1, phase: 1, pilotId: 1, roundId: 1, projectId: 1 };
      const rows = await polls
        .find(wanted as never, shown)
        .sort({ _id: 1 })
        .limit(page.limit)
        .lean();
      return rows.map((row) => summaryOf(row as PollDocument));
    },

    async setPhase(pollId: string, phase: PollPhase, session: ClientSession): Promise<void> {
      await polls.updateOne({ _id: pollId }, { $set: { phase } }, { session });
    },

    /** Records the size of the roll; the first stays. */
    async setRoll(pollId: string, roll: number): Promise<number> {
      await polls.updateOne({ _id: pollId, roll: null }, { $set: { roll } });
      const found = await polls.findById(pollId).lean();
      if (!found) throw new DomainError('not-found');
      return found.roll!;
    },
  };
}
export type PollStore = ReturnType<typeof pollStore>;
