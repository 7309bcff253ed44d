import { castPorts } from '@talkoot/cli';
import { createClient } from '@talkoot/api-contracts';
import { witnessApi } from '@talkoot/api-contracts/witness';
import { decodeLeaf, encodeReceipt, isPromised } from '@talkoot/ballot-protocol';
import { castAndFollow } from '@talkoot/ballot-protocol/device';
import type { CastGoal, CastState } from '@talkoot/ballot-protocol/device';
import { leafHash } from '@talkoot/ballot-protocol/node';
import { folderPublication, verify } from '@talkoot/ballot-protocol/verifier';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { inDatabase } from './databases.ts';
import { logsOf } from './personal-data/places.ts';
import { startBoardProxy } from './sealed-poll/board.proxy.ts';
import type { BoardProxy } from './sealed-poll/board.proxy.ts';
import { HeldPoll, hex } from './sealed-poll/sealed-poll.fixture.ts';
import type { Device } from './sealed-poll/sealed-poll.fixture.ts';
import { sessionsOf, startSealedSystem, withResidents } from './sealed-poll/sealed-system.fixture.ts';
import type { Issuer, SealedSystem } from './sealed-poll/sealed-system.fixture.ts';
import type { Copy } from './unlinkability/copy.ts';
import { betterThanChance, strategiesFor } from './unlinkability/link.ts';
import type { Poll } from './unlinkability/link.ts';
import { collectionsOf } from './unlinkability/stored-copies.ts';

/** The auditor's relay beside the real board, with something between them that a test tells what to do. */
let proxy: BoardProxy;
let system: SealedSystem;
let people: Record<Issuer, string[]>;
let tokens: Record<Issuer, string[]>;
const voters = 36;
const patience = { timeout: 30_000, interval: 100 };

beforeAll(async () => {
  proxy = await startBoardProxy();
  system = await startSealedSystem({ witness: { BALLOTS_URL: proxy.url } });
  proxy.target = system.stack.urls.ballots;
  people = await withResidents(
    system,
    Array.from({ length: voters }, (_, index) => `voter-${index}`),
  );
  tokens = {
    identity: await sessionsOf(system, 'identity', people.identity),
    auditor: await sessionsOf(system, 'auditor', people.auditor),
  };
});
afterEach(() => {
  if (proxy) proxy.ballots = 'pass';
});
afterAll(async () => {
  await system?.stop();
  await proxy?.close();
});

type Leaf = Uint8Array<ArrayBuffer>;
const hashOf = (leaf: Uint8Array) => hex(leafHash(leaf));
const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code });
const deviceOf = (poll: HeldPoll, voter: number): Promise<Device> =>
  poll.device({ identity: tokens.identity[voter]!, auditor: tokens.auditor[voter]! });
const relay = () => createClient(witnessApi, { baseUrl: system.stack.urls.witness });
const give = ({ pollId }: HeldPoll, body: Leaf) => relay().relayBallot({ params: { pollId }, body });
const missing = async ({ pollId }: HeldPoll) =>
  (await relay().listMissingBallots({ params: { pollId }, query: {} })).items;
const rows = ({ pollId }: HeldPoll) =>
  inDatabase(system.stack, 'witness', (database) =>
    database.collection('kept_leaves').find({ poll: pollId }).toArray(),
  );
const storedAtBoard = (leaf: Uint8Array) =>
  inDatabase(system.stack, 'ballots', async (database) => {
    const found = await database
      .collection('leaves')
      .find({}, { projection: { _id: 1 } })
      .toArray();
    return found.some(({ _id }) => hex((_id as unknown as { buffer: Uint8Array }).buffer) === hashOf(leaf));
  });

/** A poll in which the first six voters have voted at the board. */
async function openPoll(pollId: string): Promise<{ poll: HeldPoll; leaf: (voter: number) => Promise<Leaf> }> {
  const poll = new HeldPoll(system, pollId);
  await poll.begin();
  for (let voter = 0; voter < 6; voter += 1) await poll.cast(await (await deviceOf(poll, voter)).leaf([0]));
  return { poll, leaf: async (voter) => (await deviceOf(poll, voter)).leaf([1]) };
}

/** The device of a voter, as far as it is to go. */
function followed(
  { pollId, binding }: HeldPoll,
  leaf: Leaf,
  until: CastGoal['until'],
  state?: CastState,
): Promise<CastState> {
  const ports = castPorts(system.stack.urls, pollId);
  const casting = { binding, leaf, ports, rests: { first: 100, longest: 1_000 } };
  return castAndFollow(casting, { until, deadline: Date.now() + 60_000 }, state);
}

/** From the board's end to the publication, as anybody recounts it. */
async function published(poll: HeldPoll, receipt?: Uint8Array) {
  await poll.settle();
  await poll.release(1);
  await poll.release(3);
  await poll.count();
  await poll.publish();
  const folder = await poll.download(join(system.data, poll.pollId));
  const report = await verify(folderPublication(folder), receipt ? { receipt } : {});
  const failed = report.checks.filter(({ state }) => state !== 'passed').map(({ name }) => name);
  return { failed, receipt: report.receipt?.outcome };
}

describe('while the board is down', () => {
  it('the relay keeps what voters give it and hands it on later; devices find it on the board, the relay forgets it', async () => {
    const { poll, leaf } = await openPoll('pol-down');
    const [alone, followedOne] = [await leaf(6), await leaf(7)];
    const board = system.stack.pid('ballots')!;
    process.kill(board, 'SIGSTOP');
    let casting: Promise<CastState>;
    try {
      expect(await give(poll, alone)).toEqual({ leafHash: hashOf(alone), code: 'ballot-kept' });
      casting = followed(poll, followedOne, 'promised');
      await vi.waitFor(async () => expect(await rows(poll)).toHaveLength(2), patience);
    } finally {
      process.kill(board, 'SIGCONT');
    }
    const promised = await casting;
    expect(promised.promise).not.toBeNull();
    // Nobody but the relay has this one: its voter has gone.
    await vi.waitFor(async () => expect(await storedAtBoard(alone)).toBe(true), patience);
    await vi.waitFor(
      async () =>
        expect(await give(poll, alone)).toMatchObject({
          leafHash: hashOf(alone),
          promise: expect.any(String) as unknown,
        }),
      patience,
    );
    await poll.closeCertificates();
    await poll.closeCasting();
    expect((await followed(poll, followedOne, 'included', promised)).end).toMatchObject({
      outcome: 'included',
      size: 9,
    });
    await vi.waitFor(async () => expect(await rows(poll)).toEqual([]), patience);
    expect(await missing(poll)).toEqual([]);
    expect(await published(poll)).toEqual({ failed: [], receipt: undefined });
  });
});

describe('a board that turns away every ballot', () => {
  it('is seen after closing: hashes of what came in time and was never promised', async () => {
    const { poll, leaf } = await openPoll('pol-suppressed');
    proxy.ballots = 'later';
    const given = [await leaf(6), await leaf(7), await leaf(8)];
    for (const one of given) expect(await give(poll, one)).toMatchObject({ code: 'ballot-kept' });
    proxy.ballots = 'cut';
    const { seen } = proxy;
    await vi.waitFor(() => expect(proxy.seen).toBeGreaterThan(seen + 2), patience);
    await refused(missing(poll), 'casting-not-over');
    await poll.closeCertificates();
    await poll.closeCasting();
    const shown = given.map((one) => ({ leafHash: hashOf(one), promise: null }));
    expect(await missing(poll)).toEqual(shown.toSorted((a, b) => (a.leafHash < b.leafHash ? -1 : 1)));
    // The rest of the poll is in order, so that nothing but the relay tells.
    expect(await published(poll)).toMatchObject({ failed: [] });
    await vi.waitFor(
      async () => expect((await rows(poll)).every((row) => !('leaf' in row))).toBe(true),
      patience,
    );
    expect(await missing(poll)).toHaveLength(3);
  });
});

describe('a board that promises a ballot and drops it', () => {
  /** A poll in which a ballot of the relay was promised, and lost by somebody who has the board's database. */
  async function dropped(pollId: string) {
    const { poll, leaf } = await openPoll(pollId);
    const given = await leaf(6);
    const answer = await give(poll, given);
    if (!('promise' in answer)) throw new Error('The board has to promise');
    await inDatabase(system.stack, 'ballots', async (database) => {
      const { Binary } = (await import('mongoose')).mongo;
      const { deletedCount } = await database
        .collection<{ _id: unknown }>('leaves')
        .deleteOne({ _id: new Binary(leafHash(given)) });
      expect(deletedCount).toBe(1);
    });
    await poll.closeCertificates();
    await poll.closeCasting();
    const complaint = { leafHash: hashOf(given), promise: answer.promise };
    return { poll, given, promise: answer.promise, complaint };
  }
  const complaintsAt = ({ pollId }: HeldPoll) =>
    inDatabase(system.stack, 'ballots', (database) =>
      database.collection('complaints').countDocuments({ poll: pollId }),
    );

  it('is complained about by the relay, and honours its promise', async () => {
    const { poll, given, promise, complaint } = await dropped('pol-honoured');
    await vi.waitFor(async () => expect(await complaintsAt(poll)).toBe(1), patience);
    await vi.waitFor(async () => expect(await missing(poll)).toEqual([complaint]), patience);
    const receipt = encodeReceipt({
      manifest: poll.binding.m,
      leaf: given,
      promise: Buffer.from(promise, 'hex'),
    });
    expect(await published(poll, receipt)).toEqual({ failed: [], receipt: 'counted' });
    await vi.waitFor(async () => expect(await missing(poll)).toEqual([]), patience);
  });

  it('and drops the complaint too, is proven to have broken its word by what the relay shows', async () => {
    const { poll, given, promise, complaint } = await dropped('pol-broken');
    await vi.waitFor(async () => expect(await missing(poll)).toEqual([complaint]), patience);
    await inDatabase(system.stack, 'ballots', (database) =>
      database.collection('complaints').deleteMany({ poll: poll.pollId }),
    );
    const receipt = encodeReceipt({
      manifest: poll.binding.m,
      leaf: given,
      promise: Buffer.from(promise, 'hex'),
    });
    expect(await published(poll, receipt)).toMatchObject({ receipt: 'missing' });
    const [shown] = await missing(poll);
    const { manifest, m } = poll.binding;
    const promiser = { manifest: m, boardKey: Buffer.from(manifest.board.publicKey, 'hex') };
    const hash = Buffer.from(shown!.leafHash, 'hex');
    expect(isPromised(hash, Buffer.from(shown!.promise!, 'hex'), promiser)).toBe(true);
  });
});

describe('what the relay does not take', () => {
  it('is forged, of another poll, too long or late; what it takes it answers as often as it is asked', async () => {
    const { poll, leaf } = await openPoll('pol-refused');
    const other = new HeldPoll(system, 'pol-refused-too');
    await other.begin();
    const good = await leaf(6);
    const forged = Uint8Array.from(good);
    forged[forged.length - 1]! ^= 1;
    const uncertified = Uint8Array.from(good);
    uncertified[300]! ^= 1;
    const { seen } = proxy;
    await refused(give(poll, forged), 'signature-invalid');
    await refused(give(poll, uncertified), 'first-certificate-invalid');
    await refused(give(other, good), 'first-certificate-invalid');
    await refused(give(poll, good.slice(1)), 'leaf-malformed');
    await refused(give(poll, new Uint8Array(70_000)), 'body-too-large');
    expect([proxy.seen, await rows(poll), await rows(other)]).toEqual([seen, [], []]);
    const [once, again] = [await give(poll, good), await give(poll, good)];
    expect(once).toEqual(await poll.cast(good));
    expect(again).toEqual(once);
    const late = await leaf(7);
    await poll.closeCertificates();
    await poll.closeCasting();
    await refused(give(poll, late), 'poll-closed');
    proxy.ballots = 'cut';
    await refused(give(poll, late), 'board-silent');
    expect(
      (await rows(poll)).map(({ _id }) => hex((_id as unknown as { buffer: Uint8Array }).buffer)),
    ).not.toContain(hashOf(late));
  });
});

describe('what the relay keeps of ballots', () => {
  const first = 6;
  const bytesOf = (one: unknown) => hex((one as { buffer: Uint8Array }).buffer);

  it('leads nobody to their voters, who has all databases and logs while it is kept, and watched the certificates', async () => {
    const { poll } = await openPoll('pol-linked');
    const issuedAt: [number, number][] = [];
    const leaves: Leaf[] = [];
    for (let voter = first; voter < voters; voter += 1) {
      proxy.ballots = voter % 2 === 0 ? 'pass' : 'later';
      const device = await deviceOf(poll, voter);
      issuedAt.push([Date.now(), Date.now()]);
      leaves.push(await device.leaf([voter % 2]));
      await give(poll, leaves.at(-1)!);
    }
    proxy.ballots = 'later';
    expect(await rows(poll)).toHaveLength(voters - first);
    const owners = ['identity', 'auditor', 'witness', 'ballots'] as const;
    const stored = (await Promise.all(owners.map((owner) => collectionsOf(system, owner)))).flat();
    const logs = (await logsOf(system.stack)).map(({ name, text }) => ({ name, rows: text.split('\n') }));
    const copies: Copy[] = [...stored, ...logs];
    // Ballots in an order that says nothing; `truth` is what the adversary has to find out.
    const order = leaves
      .map((_, at) => at)
      .toSorted((a, b) => (hashOf(leaves[a]!) < hashOf(leaves[b]!) ? -1 : 1));
    const everybody = order.map((_, at) => at);
    const linked: Poll = {
      voters: issuedAt.map((at, voter) => ({
        handles: [people.identity[first + voter]!, people.auditor[first + voter]!],
        issuedAt: at,
      })),
      ballots: order.map((at) => ({
        handles: [hashOf(leaves[at]!), hex(decodeLeaf(poll.binding.manifest, leaves[at]!)!.publicKey)],
      })),
      batches: [{ ballots: everybody, voters: everybody }],
    };
    const { tried, linkages } = betterThanChance(strategiesFor(copies, linked), linked, order);
    expect(linkages).toEqual([]);
    expect(tried).toBeGreaterThan(100);
    // The same program finds a relay that counts what it is given.
    const counting = copies.map((copy) =>
      copy.name === 'witness.kept_leaves'
        ? {
            ...copy,
            rows: copy.rows.map((row) => ({
              ...(row as object),
              nth: leaves.findIndex((leaf) => hashOf(leaf) === bytesOf((row as { _id: unknown })._id)),
            })),
          }
        : copy,
    );
    const found = betterThanChance(strategiesFor(counting, linked), linked, order).linkages;
    expect(found.length).toBeGreaterThan(0);
  });
});
