import type { Role } from '@talkoot/api-contracts';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';

interface NoticeDocument {
  _id: string;
  municipalityId: string;
  role: Role | null;
  personId: string | null;
  template: string;
  subject: { kind: string; id: string };
  wait: string | null;
  dueAt: string | null;
  at: Date;
}
interface ReadDocument {
  /** `<notice>/<person>`. */
  _id: string;
}
export type Notice = Omit<NoticeDocument, '_id' | 'at'> & { readonly noticeId: string };
export type ListedNotice = NoticeDocument & { readonly read: boolean };

/** Where a list goes on: instant and id of the last row. */
export type NoticeCursor = readonly [at: number, id: string];

const noticeSchema = new Schema<NoticeDocument>(
  {
    _id: String,
    municipalityId: String,
    role: String,
    personId: String,
    template: String,
    subject: { kind: String, id: String },
    wait: String,
    dueAt: String,
    at: Date,
  },
  { versionKey: false, collection: 'notices', id: false },
);
noticeSchema.index({ municipalityId: 1, personId: 1, at: -1, _id: -1 });
noticeSchema.index({ municipalityId: 1, role: 1, at: -1, _id: -1 });
const readSchema = new Schema<ReadDocument>(
  { _id: String },
  { versionKey: false, collection: 'noticereads' },
);

export interface Reader {
  readonly municipalityId: string;
  readonly personId: string;
  readonly roles: readonly Role[];
}

export function noticeStore(connection: Connection, now: () => Date) {
  const notices = connection.model<NoticeDocument>('Notice', noticeSchema);
  const reads = connection.model<ReadDocument>('NoticeRead', readSchema);
  const addressedTo = ({ municipalityId, personId, roles }: Reader) => ({
    municipalityId,
    $or: [{ personId }, { role: { $in: [...roles] } }],
  });
  return {
    /** Leaves a notice; the first one under an id stays. */
    async leave({ noticeId, ...notice }: Notice, session?: ClientSession): Promise<void> {
      await notices.updateOne(
        { _id: noticeId },
        { $setOnInsert: { ...notice, at: now() } },
        { upsert: true, ...(session && { session }) },
      );
    },

    /** Newest first. */
    async list(
      reader: Reader,
      page: { readonly after: NoticeCursor | undefined; readonly limit: number; readonly unread: boolean },
    ): Promise<ListedNotice[]> {
      const { after } = page;
      const older = after && {
        $or: [{ at: { $lt: new Date(after[0]) } }, { at: new Date(after[0]), _id: { $lt: after[1] } }],
      };
      return notices.aggregate<ListedNotice>([
        { $match: { $and: [addressedTo(reader), ...(older ? [older] : [])] } },
        { $sort: { at: -1, _id: -1 } },
        { $set: { readId: { $concat: ['$_id', '/', reader.personId] } } },
        { $lookup: { from: 'noticereads', localField: 'readId', foreignField: '_id', as: 'reads' } },
        { $set: { read: { $gt: [{ $size: '$reads' }, 0] } } },
        ...(page.unread ? [{ $match: { read: false } }] : []),
        { $limit: page.limit },
        { $unset: ['reads', 'readId'] },
      ]);
    },

    /** False when there is no such notice for the reader. */
    async markRead(noticeId: string, reader: Reader): Promise<boolean> {
      if (!(await notices.exists({ _id: noticeId, ...addressedTo(reader) }))) return false;
      await reads.updateOne({ _id: `${noticeId}/${reader.personId}` }, {}, { upsert: true });
      return true;
    },
  };
}
