import {
  castMessage,
  certificateMessage,
  decodeLeaf,
  encodeBallot,
  encodeLeaf,
  encodeReceipt,
  finishCertificate,
  importIssuerKey,
  leafHash,
  newSigningKey,
  requestCertificate,
  sealBallot,
  sign,
  unsignedLeaf,
} from '@talkoot/ballot-protocol';
import { importIssuerKeyPair, signBlinded } from '@talkoot/ballot-protocol/issuer';
import { folderPublication, verify } from '@talkoot/ballot-protocol/verifier';
import type { mongo } from 'mongoose';
import { createDecipheriv, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inDatabase } from './databases.ts';
import { HeldPoll, hex } from './sealed-poll/sealed-poll.fixture.ts';
import type { Device } from './sealed-poll/sealed-poll.fixture.ts';
import { sessionsOf, startSealedSystem, withResidents } from './sealed-poll/sealed-system.fixture.ts';
import type { Issuer, SealedSystem } from './sealed-poll/sealed-system.fixture.ts';

/** Somebody who has one database and the secrets of its service may do what they like there, and nothing elsewhere. */
let system: SealedSystem;
let tokens: Record<Issuer, string[]>;
const voters = 8;

beforeAll(async () => {
  system = await startSealedSystem();
  const names = Array.from({ length: voters }, (_, index) => `voter-${index}`);
  const people = await withResidents(system, names);
  tokens = {
    identity: await sessionsOf(system, 'identity', people.identity),
    auditor: await sessionsOf(system, 'auditor', people.auditor),
  };
});
afterAll(() => system?.stop());

/** A poll in which everybody has voted. */
async function votedPoll(pollId: string, afterFirst: () => Promise<unknown> = () => Promise.resolve()) {
  const poll = new HeldPoll(system, pollId);
  await poll.begin();
  const cast: { device: Device; leaf: Uint8Array<ArrayBuffer>; promise: string }[] = [];
  for (let voter = 0; voter < voters; voter += 1) {
    const device = await poll.device({
      identity: tokens.identity[voter]!,
      auditor: tokens.auditor[voter]!,
    });
    const leaf = await device.leaf([voter % 2]);
    cast.push({ device, leaf, promise: (await poll.cast(leaf)).promise });
    if (voter === 0) await afterFirst();
  }
  return { poll, cast };
}

/** The poll goes on as if nothing had happened; which checks of whoever recounts it fail. */
async function failedChecks(poll: HeldPoll, receipt?: Uint8Array) {
  await poll.end();
  const folder = await poll.download(join(system.data, poll.pollId));
  const report = await verify(folderPublication(folder), receipt ? { receipt } : {});
  const failed = report.checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
  return { holds: report.holds, failed, receipt: report.receipt };
}

interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
}
interface LeafRow {
  _id: mongo.Binary;
  poll: string;
  key: mongo.Binary;
  sequence: number;
  leaf: mongo.Binary;
  batch: number;
}
const leavesOf = (database: mongo.Db) => database.collection<LeafRow>('leaves');
/** A ballot that waits to be published. */
const waitingIn = async (poll: HeldPoll, database: mongo.Db) =>
  (await leavesOf(database).findOne({ poll: poll.pollId, batch: 0 }))!;
const bytesOf = (binary: unknown) => Uint8Array.from((binary as { buffer: Uint8Array }).buffer);
const rowOf = (poll: HeldPoll, leaf: Uint8Array, { Binary }: typeof mongo): LeafRow => {
  const { publicKey, sequence } = decodeLeaf(poll.binding.manifest, leaf)!;
  return {
    _id: new Binary(leafHash(leaf)),
    poll: poll.pollId,
    key: new Binary(publicKey),
    sequence,
    leaf: new Binary(leaf),
    batch: 0,
  };
};

describe.each([
  ['identity', 0, 'second-certificate-invalid'],
  ['auditor', 1, 'first-certificate-invalid'],
] as const)('whoever has the database and the secrets of %s', (issuer, place, refusal) => {
  it('certifies whom they like, and casts for none of them', async () => {
    const poll = new HeldPoll(system, `pol-forged-${issuer}`);
    await poll.begin();
    const secrets = await system.secrets();
    const custodyKey = Buffer.from((issuer === 'auditor' ? secrets.auditor : secrets).custodyKey, 'base64');
    const sealedKey = await inDatabase(system.stack, issuer, async (database) => {
      const roll = await database
        .collection<{ _id: string; sealedKey: unknown }>('rolls')
        .findOne({ _id: poll.pollId });
      return bytesOf(roll!.sealedKey);
    });
    const issuerKey = importIssuerKeyPair(opened(custodyKey, `certificates/${poll.pollId}`, sealedKey));
    expect(issuerKey.modulus).toBe(poll.binding.manifest.issuers[place].modulus);
    const key = newSigningKey();
    const publicKey = await importIssuerKey(issuerKey.modulus);
    const message = certificateMessage(poll.binding.m, key.publicKey);
    const request = await requestCertificate(publicKey, message);
    const forged = await finishCertificate(
      publicKey,
      message,
      request,
      signBlinded(issuerKey, request.blinded),
    );
    const real = await poll.device({ identity: tokens.identity[0]!, auditor: tokens.auditor[0]! });
    for (const theirs of [forged, real.certificates[1 - place]!, randomBytes(288)]) {
      const certificates = place === 0 ? ([forged, theirs] as const) : ([theirs, forged] as const);
      await expect(poll.cast(await leafBy(poll, key, certificates))).rejects.toMatchObject({ code: refusal });
    }
  });

  it('enters somebody who is not on the roll into the log, and is found out', async () => {
    const { poll } = await votedPoll(`pol-phantom-${issuer}`);
    await inDatabase(system.stack, issuer, (database) =>
      database.collection<{ _id: string }>('issuances').insertOne({
        _id: `${poll.pollId}/per-phantom`,
        pollId: poll.pollId,
        blindedSha256: hex(randomBytes(32)),
        waiting: hex(randomBytes(32)),
      } as never),
    );
    expect(await failedChecks(poll)).toMatchObject({ holds: false, failed: ['issuances', 'numbers'] });
  });

  it('hides that a certificate was issued, and is found out', async () => {
    const pollId = `pol-hidden-${issuer}`;
    const { poll } = await votedPoll(pollId, () =>
      inDatabase(system.stack, issuer, async (database) => {
        const { deletedCount } = await database.collection('issuances').deleteMany({ pollId });
        expect(deletedCount).toBe(1);
      }),
    );
    expect(await failedChecks(poll)).toMatchObject({ holds: false, failed: ['numbers'] });
  });
});

describe('whoever has the database of ballots before the manifest is written', () => {
  it('rewrites a cost, and no manifest is written of it, no certificate issued', async () => {
    const poll = new HeldPoll(system, 'pol-cheaper');
    await poll.prepare();
    await poll.freezeRolls();
    await poll.makeKey();
    const setCost = (amount: number) =>
      inBallots((database) =>
        database
          .collection<{ _id: string }>('polls')
          .updateOne({ _id: poll.pollId }, { $set: { 'options.0.cost.amount': amount } }),
      );
    await setCost(1);
    await expect(poll.publishManifest()).rejects.toMatchObject({ code: 'question-differs' });
    for (const issuer of ['identity', 'auditor'] as const) {
      const asked = { params: poll.params, body: { blinded: 'ab'.repeat(256) } };
      await expect(system[issuer](tokens[issuer][0]!).issueCertificate(asked)).rejects.toMatchObject({
        code: 'certificates-not-open',
      });
    }
    await setCost(1000);
    await poll.open();
  });

  it('gives both issuers a key of its own to seal the lot to, and they are not bound to the manifest', async () => {
    const poll = new HeldPoll(system, 'pol-known-lot');
    await poll.prepare();
    await poll.freezeRolls();
    await poll.makeKey();
    const point = '036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296';
    const asked = { params: { pollId: poll.pollId }, body: { pollKey: point } };
    await system.worker.identity.sealLotSeed(asked);
    await expect(poll.publishManifest()).rejects.toMatchObject({ code: 'poll-key-differs' });
  });
});

describe('whoever has the token of the worker', () => {
  const day = 86_400_000;
  const at = (days: number) => new Date(Date.now() + days * day).toISOString().replace(/\.\d+Z$/, 'Z');
  const windowsFrom = (days: number) => ({
    opens: at(days),
    certificatesClose: at(days + 10),
    castingCloses: new Date(Date.parse(at(days + 10)) + 30 * 60_000).toISOString().replace('.000Z', 'Z'),
    complaintsClose: at(days + 14),
  });

  it('opens no poll before its manifest does', async () => {
    const poll = new HeldPoll(system, 'pol-not-yet', windowsFrom(1));
    await poll.prepare();
    await poll.freezeRolls();
    await poll.makeKey();
    await expect(poll.open()).rejects.toMatchObject({ code: 'windows-bind' });
    const { phase } = await system.ballots.getPoll({ params: poll.params });
    expect(phase).toBe('key-made');
    await expect(poll.cast(new Uint8Array(900))).rejects.toMatchObject({ code: 'poll-not-open' });
  });

  it('ends nothing before its manifest does: neither certificates nor casting nor complaints', async () => {
    const poll = new HeldPoll(system, 'pol-still-open', windowsFrom(-1));
    await poll.begin();
    const params = { pollId: poll.pollId };
    const { worker } = system;
    for (const issuer of [worker.identity, worker.auditor])
      await expect(issuer.closeIssuance({ params })).rejects.toMatchObject({ code: 'windows-bind' });
    await expect(poll.advance('closing')).rejects.toMatchObject({ code: 'windows-bind' });
    await expect(worker.ballots.closeBoard({ params })).rejects.toMatchObject({ code: 'poll-not-closed' });
    await expect(worker.ballots.settleComplaints({ params })).rejects.toMatchObject({
      code: 'poll-not-closed',
    });
    const device = await poll.device({ identity: tokens.identity[0]!, auditor: tokens.auditor[0]! });
    await poll.cast(await device.leaf([0]));
  });

  it('goes back to no phase, and annuls nothing', async () => {
    const { poll } = await votedPoll('pol-annulled');
    await poll.end();
    for (const to of ['open', 'closed', 'key-release'] as const)
      await expect(poll.step(to)).rejects.toMatchObject({ code: 'step-off-course' });
    await expect(poll.step('annulled')).rejects.toMatchObject({ code: 'annulment-not-decided' });
    expect(await system.ballots.getPollResult({ params: poll.params })).toMatchObject({
      outcome: 'counted',
    });
  });
});

describe('whoever has the database and the key of the board', () => {
  it('stuffs a ballot without certificates, and is found out', async () => {
    const { poll } = await votedPoll('pol-stuffed');
    const stuffed = await leafBy(poll, newSigningKey(), [randomBytes(288), randomBytes(288)]);
    await inBallots(async (database, driver) => {
      await leavesOf(database).insertOne(rowOf(poll, stuffed, driver));
    });
    expect(await failedChecks(poll)).toMatchObject({
      holds: false,
      failed: expect.arrayContaining(['certificates']) as unknown,
    });
  });

  it('puts another ballot under the key of a voter, and is found out', async () => {
    const { poll, cast } = await votedPoll('pol-replaced');
    const mine = await inBallots(async (database, driver) => {
      const { _id, leaf: stored } = await waitingIn(poll, database);
      const leaf = bytesOf(stored);
      const { publicKey, certificates, sequence } = decodeLeaf(poll.binding.manifest, leaf)!;
      // Sealed anew by who does not have the voter's key.
      const key = { ...newSigningKey(), publicKey: Uint8Array.from(publicKey) };
      const replacing = await leafBy(poll, key, certificates, sequence);
      await leavesOf(database).deleteOne({ _id });
      await leavesOf(database).insertOne(rowOf(poll, replacing, driver));
      return cast.find((one) => hex(one.leaf) === hex(leaf))!;
    });
    const promise = Buffer.from(mine.promise, 'hex');
    const receipt = encodeReceipt({ manifest: poll.binding.m, leaf: mine.leaf, promise });
    const found = await failedChecks(poll, receipt);
    expect(found).toMatchObject({
      holds: false,
      failed: expect.arrayContaining(['signatures']) as unknown,
      receipt: { outcome: 'missing' },
    });
  });

  it('changes what a ballot says after it was promised under the same hash, and is found out', async () => {
    const { poll } = await votedPoll('pol-changed');
    await inBallots(async (database, driver) => {
      const row = await waitingIn(poll, database);
      const leaf = bytesOf(row.leaf);
      leaf[leaf.length - 100]! ^= 1;
      await leavesOf(database).updateOne({ _id: row._id }, {
        $set: { leaf: new driver.Binary(leaf) },
      } as never);
    });
    expect(await failedChecks(poll)).toMatchObject({
      holds: false,
      failed: expect.arrayContaining(['board-root', 'signatures']) as unknown,
    });
  });

  it('drops a ballot that was promised, and whoever has the promise shows it', async () => {
    const { poll, cast } = await votedPoll('pol-dropped');
    const dropped = await inBallots(async (database) => {
      const { _id, leaf } = await waitingIn(poll, database);
      await leavesOf(database).deleteOne({ _id });
      return cast.find((one) => hex(one.leaf) === hex(bytesOf(leaf)))!;
    });
    const promise = Buffer.from(dropped.promise, 'hex');
    const receipt = encodeReceipt({ manifest: poll.binding.m, leaf: dropped.leaf, promise });
    const found = await failedChecks(poll, receipt);
    expect(found).toMatchObject({ holds: false, receipt: { outcome: 'missing' } });
  });

  it('empties the complaints, or invents a desk, after the board was closed, and is found out', async () => {
    const { poll } = await votedPoll('pol-emptied');
    await poll.end();
    const change = (name: string, text: string) =>
      inBallots(async (database, { Binary }) => {
        const publications = database.collection<{ _id: string; files: StoredFile[] }>('publications');
        const { files } = (await publications.findOne({ _id: poll.pollId }))!;
        const file = files.find((one) => one.name === name)!;
        const bytes = new Binary(Buffer.from(text));
        await database
          .collection<{ _id: string }>('filepieces')
          .updateOne({ _id: `${file.id}#0` }, { $set: { bytes } }, { upsert: true });
        const changed = { 'files.$.bytes': text.length };
        await publications.updateOne({ _id: poll.pollId, 'files.name': name }, { $set: changed });
      });
    const failed = async (folder: string) => {
      const published = await poll.download(join(system.data, folder));
      const { checks } = await verify(folderPublication(published));
      return checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
    };
    expect(await failed('as it was')).toEqual([]);
    await change('desks.json', '[{"desk":"des-invented","entered":0,"issued":8}]');
    expect(await failed('a desk invented')).toEqual(['closing']);
    await change('desks.json', '[]');
    expect(await failed('as it was again')).toEqual([]);
    const { leaf, promise } = { leaf: '00', promise: '00'.repeat(64) };
    await change('complaints.json', JSON.stringify([{ leaf, promise }]));
    expect(await failed('a complaint invented')).toEqual(['closing']);
  });

  it('puts the board back to what it was before a batch, and no witness signs what follows', async () => {
    const poll = new HeldPoll(system, 'pol-restored');
    await poll.begin();
    const before = await inBallots((database) => copyOf(database));
    for (let voter = 0; voter < voters; voter += 1) {
      const device = await poll.device({
        identity: tokens.identity[voter]!,
        auditor: tokens.auditor[voter]!,
      });
      await poll.cast(await device.leaf([0]));
    }
    await poll.closeCertificates();
    await expect.poll(() => publishedIn(poll)).toBeGreaterThan(0);
    await inBallots((database) => restore(database, before));
    await expect(poll.closeCasting()).rejects.toMatchObject({
      code: expect.stringMatching(/^(witnesses-silent|board-not-current)$/) as unknown,
    });
  });
});

async function inBallots<T>(work: (database: mongo.Db, driver: typeof mongo) => Promise<T>): Promise<T> {
  const { mongo: driver } = await import('mongoose');
  return inDatabase(system.stack, 'ballots', (database) => work(database, driver));
}

const ofLogs = ['witnessed_logs', 'log_tiles', 'log_checkpoints'];
type Copied = readonly (readonly [name: string, rows: mongo.Document[]])[];
const copyOf = (database: mongo.Db): Promise<Copied> =>
  Promise.all(
    [...ofLogs, 'leaves'].map(
      async (name) => [name, await database.collection(name).find().toArray()] as const,
    ),
  );
async function restore(database: mongo.Db, copied: Copied): Promise<void> {
  for (const [name, rows] of copied) {
    await database.collection(name).deleteMany({});
    if (rows.length > 0) await database.collection(name).insertMany(rows);
  }
}
const publishedIn = ({ pollId }: HeldPoll) =>
  inBallots((database) => database.collection('leaves').countDocuments({ poll: pollId, batch: { $gt: 0 } }));

/** A leaf that is right in everything but its certificates, or its signature. */
async function leafBy(
  poll: HeldPoll,
  { publicKey, secretKey }: ReturnType<typeof newSigningKey>,
  certificates: readonly [Uint8Array, Uint8Array],
  sequence = 1,
): Promise<Uint8Array<ArrayBuffer>> {
  const plaintext = encodeBallot(poll.binding.manifest, { type: 'approval', places: [0] });
  const sealed = await sealBallot(poll.binding, { publicKey, sequence }, plaintext);
  const unsigned = unsignedLeaf({ publicKey, certificates, sequence, sealed });
  const signature = sign(secretKey, castMessage(poll.binding.m, unsigned));
  return encodeLeaf({ publicKey, certificates, sequence, sealed, signature });
}

/** What the custody key of an issuer opens: AES-256-GCM with the nonce before and the tag behind. */
function opened(custodyKey: Uint8Array, place: string, sealed: Uint8Array): string {
  const decipher = createDecipheriv('aes-256-gcm', custodyKey, sealed.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString();
}
