import { DomainError } from '@talkoot/http-service';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import { asOf, newPersonnel, numbersOf } from './personnel.ts';
import type { Personnel, PersonnelAct } from './personnel.ts';

interface PersonnelDocument extends Personnel {
  /** `<municipality>/<person>`: one number for each. */
  readonly _id: string;
  /** What nobody else may have. */
  readonly numbers: readonly string[];
}

/** What somebody did. Written once, and never changed. */
export interface PersonnelActDocument {
  /** `<municipality>/<person>/<instant>/<change>/<act>`: in the order in which it was done. */
  _id: string;
  municipalityId: string;
  personId: string;
  act: PersonnelAct;
  changeId: string;
  personnelNumber: string | null;
  by: string;
  at: Date;
}

const change = {
  changeId: String,
  personnelNumber: String,
  proposedBy: String,
  proposedAt: Date,
  coolsOffAt: Date,
  confirmedBy: String,
  confirmedAt: Date,
};
const schema = new Schema<PersonnelDocument>(
  {
    _id: String,
    municipalityId: String,
    personId: String,
    personnelNumber: String,
    hadNumber: Boolean,
    change: { type: new Schema(change, { _id: false }), default: null },
    numbers: [String],
  },
  { versionKey: false, collection: 'personnel' },
);
schema.index(
  { municipalityId: 1, numbers: 1 },
  { unique: true, partialFilterExpression: { 'numbers.0': { $exists: true } } },
);
schema.index({ municipalityId: 1, personId: 1 });
schema.index({ personId: 1 });
const actSchema = new Schema<PersonnelActDocument>(
  {
    _id: String,
    municipalityId: String,
    personId: String,
    act: String,
    changeId: String,
    personnelNumber: String,
    by: String,
    at: Date,
  },
  { versionKey: false, collection: 'personnelacts' },
);
actSchema.index({ municipalityId: 1, personId: 1, _id: 1 });
actSchema.index({ personId: 1 });

const DUPLICATE_KEY = 11_000;
const idOf = (municipalityId: string, personId: string) => `${municipalityId}/${personId}`;

const modelsOf = (connection: Connection) => ({
  personnel: connection.model<PersonnelDocument>('Personnel', schema),
  acts: connection.model<PersonnelActDocument>('PersonnelAct', actSchema),
});

/** Under which number the personnel and payroll systems of a municipality know a person. */
export function personnelStore(connection: Connection, now: () => Date) {
  const models = modelsOf(connection);
  const { personnel, acts } = models;

  async function write(session: ClientSession, after: Personnel): Promise<void> {
    const _id = idOf(after.municipalityId, after.personId);
    const document: PersonnelDocument = { ...after, _id, numbers: numbersOf(after) };
    await personnel.replaceOne({ _id }, document, { session, upsert: true });
  }

  /** A number that its holder has no more, though nothing was written of it since, is free. */
  async function free(session: ClientSession, { municipalityId, personId, change }: Personnel, at: Date) {
    const wanted = change?.personnelNumber;
    if (!wanted) return;
    const holder = await personnel.findOne({ municipalityId, numbers: wanted }, null, { session }).lean();
    if (!holder || holder.personId === personId) return;
    const today = asOf(plain(holder), at);
    if (numbersOf(today).includes(wanted)) throw new DomainError('personnel-number-taken');
    await write(session, today);
  }

  return {
    ...reading(models, now),

    /**
     * Changes a person's number inside a transaction, and puts on record who did what.
     * @throws DomainError `personnel-number-taken`
     */
    async change(
      session: ClientSession,
      { municipalityId, personId }: Pick<Personnel, 'municipalityId' | 'personId'>,
      decide: (before: Personnel) => { readonly after: Personnel; readonly acts: readonly Act[] },
    ): Promise<Personnel> {
      const at = now();
      const _id = idOf(municipalityId, personId);
      const found = await personnel.findOne({ _id }, null, { session }).lean();
      const { after, acts: done } = decide(
        found ? asOf(plain(found), at) : newPersonnel(municipalityId, personId),
      );
      await free(session, after, at);
      await write(session, after).catch((error: unknown) => {
        const taken = (error as { code?: unknown }).code === DUPLICATE_KEY;
        throw taken ? new DomainError('personnel-number-taken') : error;
      });
      const rows = done.map((one) => ({
        ...one,
        _id: `${_id}/${at.toISOString()}/${one.changeId}/${one.act}`,
        municipalityId,
        personId,
        at,
      }));
      if (rows.length > 0) await acts.insertMany(rows, { session });
      return after;
    },

    /** Gives one person's numbers to another, who keeps their own. */
    async reassign(from: string, to: string, session: ClientSession): Promise<void> {
      const held = await personnel.find({ personId: from }, null, { session }).lean();
      for (const { municipalityId, ...rest } of held) {
        await personnel.deleteOne({ _id: idOf(municipalityId, from) }, { session });
        const kept = { ...rest, municipalityId, personId: to, _id: idOf(municipalityId, to) };
        await personnel.updateOne({ _id: kept._id }, { $setOnInsert: kept }, { upsert: true, session });
      }
      await acts.updateMany({ personId: from }, { $set: { personId: to } }, { session });
    },
  };
}

type Act = Pick<PersonnelActDocument, 'act' | 'changeId' | 'personnelNumber' | 'by'>;

/** Without what is only kept to find it. */
const plain = ({
  municipalityId,
  personId,
  personnelNumber,
  hadNumber,
  change: waiting,
}: PersonnelDocument): Personnel => ({
  municipalityId,
  personId,
  personnelNumber,
  hadNumber,
  change: waiting,
});

function reading({ personnel, acts }: ReturnType<typeof modelsOf>, now: () => Date) {
  const today = (rows: readonly PersonnelDocument[]) => rows.map((row) => asOf(plain(row), now()));
  return {
    async list(
      { municipalityId, awaiting }: { readonly municipalityId: string; readonly awaiting: boolean },
      after: string | undefined,
      limit: number,
    ): Promise<Personnel[]> {
      const beyond = after === undefined ? {} : { personId: { $gt: after } };
      const open = awaiting ? { 'change.changeId': { $exists: true }, 'change.confirmedBy': null } : {};
      const rows = await personnel
        .find({ municipalityId, ...open, ...beyond })
        .sort({ personId: 1 })
        .limit(limit)
        .lean();
      return today(rows);
    },

    /** Numbers that count now; whoever has none is left out. */
    async findMany(municipalityId: string, personIds: readonly string[]) {
      const rows = await personnel.find({ municipalityId, personId: { $in: [...personIds] } }).lean();
      return today(rows).flatMap(({ personId, personnelNumber }) =>
        personnelNumber === null ? [] : [{ personId, personnelNumber }],
      );
    },

    actsOf: (
      municipalityId: string,
      personId: string,
      after: string | undefined,
      limit: number,
    ): Promise<PersonnelActDocument[]> =>
      acts
        .find({ municipalityId, personId, ...(after === undefined ? {} : { _id: { $gt: after } }) })
        .sort({ _id: 1 })
        .limit(limit)
        .lean(),
  };
}
