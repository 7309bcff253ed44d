import type { IssuerRoll } from '@talkoot/api-contracts/identity';
import type { PollWindows } from '@talkoot/api-contracts/ballots';
import { DomainError } from '@talkoot/http-service';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import type { NewPoll, Poll, PollPhase, PollPlan } from './poll.ts';

interface PollDocument extends PollPlan {
  _id: string;
  planSha256: string;
  phase: PollPhase;
  roll: number | null;
  issuers: readonly IssuerRoll[];
  manifest: string | null;
  windows: PollWindows | null;
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
    allocation: Schema.Types.Mixed,
    protocol: Schema.Types.Mixed,
    planSha256: String,
    phase: String,
    roll: Number,
    issuers: [Schema.Types.Mixed],
    manifest: String,
    windows: Schema.Types.Mixed,
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

const unfrozen = { phase: 'new', roll: null, issuers: [], manifest: null, windows: null } as const;

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
    async add({ pollId, ...poll }: NewPoll, session: ClientSession): Promise<void> {
      await polls.insertMany([{ _id: pollId, ...poll, ...unfrozen }], { session });
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

    /** Records both frozen rolls; the first stay. */
    async setRolls(pollId: string, issuers: readonly IssuerRoll[]): Promise<Poll> {
      const set = { roll: issuers[0]!.roll, issuers: [...issuers] };
      await polls.updateOne({ _id: pollId, roll: null }, { $set: set });
      return this.get(pollId);
    },

    /** Records the manifest; the first stays. @returns what stands */
    async setManifest(pollId: string, manifest: string, windows: PollWindows | null): Promise<string> {
      await polls.updateOne({ _id: pollId, manifest: null }, { $set: { manifest, windows } });
      return (await this.get(pollId)).manifest!;
    },
  };
}
export type PollStore = ReturnType<typeof pollStore>;
