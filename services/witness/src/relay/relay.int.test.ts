import { certifiedVoter } from '@talkoot/ballot-protocol/testing';
import { leafHash, newSigningKey } from '@talkoot/ballot-protocol';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { witnessFixture } from '../witness.fixture.ts';
import type { WitnessFixture } from '../witness.fixture.ts';
import { hex, servedBoards } from './board.fixture.ts';
import type { Bytes, PlayedBoard, ServedBoards } from './board.fixture.ts';

let fixture: WitnessFixture;
let boards: ServedBoards;
let relay: Awaited<ReturnType<WitnessFixture['start']>>;
let clock: () => number = Date.now;
const stops: (() => Promise<void>)[] = [];
let polls = 0;

beforeAll(async () => {
  fixture = await witnessFixture(inject('mongodbUrl'));
  boards = await servedBoards(fixture);
  relay = await another();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  clock = Date.now;
});
afterAll(async () => {
  await relay.stop();
  await boards.close();
  await fixture.stop();
});

const rests = { first: 20, longest: 100, round: 20 };
/** A process of this witness with a relay. */
const another = (url = boards.url) => fixture.start(() => clock(), { url, deadlineMs: 500, rests });
const open = (changes = {}) => boards.open(`pol-${(polls += 1)}`, changes);
const give = ({ pollId }: PlayedBoard, body: Bytes, to = relay) =>
  to.client.relayBallot({ params: { pollId }, body });
const missing = async ({ pollId }: PlayedBoard, query = {}) =>
  relay.client.listMissingBallots({ params: { pollId }, query });
const rows = ({ pollId }: PlayedBoard) =>
  fixture.connection.collection('kept_leaves').find({ poll: pollId }).toArray();
/** From now on to the end of the test. */
const watch = (one = relay) => void stops.push(one.witness.relay!.watch());
const hashOf = (leaf: Uint8Array) => hex(leafHash(leaf));
const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code });
const kept = (leaf: Uint8Array) => ({ leafHash: hashOf(leaf), code: 'ballot-kept' });

describe('a ballot that is given to the relay', () => {
  it('is handed on, and answered with the promise of the board, the same again', async () => {
    const board = await open();
    const leaf = await board.leaf();
    const promise = { leafHash: hashOf(leaf), promise: board.promiseOf(leaf) };
    expect(await give(board, leaf)).toEqual(promise);
    expect(board.waiting).toEqual([leaf]);
    board.manner = 'hang';
    expect(await give(board, leaf)).toEqual(promise);
    expect(board.cast).toHaveLength(1);
  });

  it('leaves its hash, itself and the promise, and nothing of who, when or in which order', async () => {
    const board = await open();
    for (let voter = 0; voter < 3; voter += 1) await give(board, await board.leaf());
    const found = await rows(board);
    expect(found).toHaveLength(3);
    for (const row of found) {
      expect(Object.keys(row).toSorted()).toEqual(['_id', 'key', 'leaf', 'poll', 'promise', 'sequence']);
    }
    const [info] = await fixture.connection.db!.listCollections({ name: 'kept_leaves' }).toArray();
    expect((info as unknown as { options: object }).options).toMatchObject({
      clusteredIndex: { key: { _id: 1 } },
    });
  });

  it.each(['hang', 'unavailable', 'board-not-current', 'false-promise'])(
    'is kept while the board does so: %s; later it is handed on, and the same ballot is answered with the promise',
    async (manner) => {
      const board = await open();
      const leaf = await board.leaf();
      board.manner = manner;
      const answer = await relay.client.raw('relayBallot', { params: { pollId: board.pollId }, body: leaf });
      expect([answer.status, await answer.json()]).toEqual([202, kept(leaf)]);
      expect(await give(board, leaf)).toEqual(kept(leaf));
      board.manner = 'promise';
      watch();
      await vi.waitFor(() => expect(board.waiting).toEqual([leaf]), 10_000);
      expect(await give(board, leaf)).toEqual({ leafHash: hashOf(leaf), promise: board.promiseOf(leaf) });
    },
  );

  it('is handed on by whoever comes after a process that died', async () => {
    const board = await open();
    const leaves = [await board.leaf(), await board.leaf()];
    board.manner = 'unavailable';
    for (const leaf of leaves) await give(board, leaf);
    const next = await another();
    board.manner = 'promise';
    watch(next);
    await vi.waitFor(() => expect(board.waiting).toHaveLength(2), 10_000);
    await vi.waitFor(async () =>
      expect((await rows(board)).filter(({ promise }) => promise)).toHaveLength(2),
    );
    stops.push(() => next.stop());
  });

  it.each(['sequence-already-used', 'poll-not-open', 'poll-closed'])(
    'is answered in the words of the board and forgotten where it is refused: %s',
    async (code) => {
      const board = await open();
      board.manner = code;
      await refused(give(board, await board.leaf()), code);
      expect(await rows(board)).toEqual([]);
    },
  );

  it('is not kept any more once somebody was told that casting is over', async () => {
    const board = await open();
    board.manner = 'poll-closed';
    await refused(give(board, await board.leaf()), 'poll-closed');
    board.manner = 'hang';
    await refused(give(board, await board.leaf()), 'board-silent');
    expect(await rows(board)).toEqual([]);
  });

  it.each(['first-certificate-invalid', 'signature-invalid', 'leaf-malformed', 'not-found', 'forbidden'])(
    'is kept where the board refuses what is in order: %s',
    async (code) => {
      const board = await open();
      const leaf = await board.leaf();
      board.manner = code;
      expect(await give(board, leaf)).toEqual(kept(leaf));
    },
  );

  it('has a place for each sequence of a key, whatever the board does', async () => {
    const board = await open();
    const voter = await certifiedVoter(board.poll);
    board.manner = 'unavailable';
    const [first, other] = [await board.leaf(voter), await board.leaf(voter)];
    await give(board, first);
    await refused(give(board, other), 'sequence-already-used');
    expect(await give(board, await board.leaf(voter, 2))).toMatchObject({ code: 'ballot-kept' });
    expect(await rows(board)).toHaveLength(2);
  });
});

describe('what is no ballot of the poll', () => {
  it('is refused with the codes of the board, never handed on and never kept', async () => {
    const board = await open();
    const elsewhere = await open();
    const good = await board.leaf();
    const flipped = (at: number) => {
      const leaf = Uint8Array.from(good);
      leaf[at < 0 ? leaf.length + at : at]! ^= 1;
      return leaf;
    };
    const outOfRange = Uint8Array.from(good);
    outOfRange.set([0, 0, 0, 51], 32 + 2 * 288);
    const noKey = Uint8Array.from(good);
    noKey.fill(0, 0, 32);
    const leaves: [leaf: Bytes, code: string][] = [
      [new Uint8Array(3), 'leaf-malformed'],
      [good.slice(1), 'leaf-malformed'],
      [Uint8Array.from([...good, 0]), 'leaf-malformed'],
      [outOfRange, 'sequence-out-of-range'],
      [noKey, 'public-key-invalid'],
      [flipped(40), 'first-certificate-invalid'],
      [flipped(32 + 288 + 40), 'second-certificate-invalid'],
      [flipped(-1), 'signature-invalid'],
      [flipped(-100), 'signature-invalid'],
      [await elsewhere.leaf(), 'first-certificate-invalid'],
    ];
    for (const [leaf, code] of leaves) await refused(give(board, leaf), code);
    const long = new Uint8Array(69 * 1024);
    await refused(give(board, long), 'body-too-large');
    expect([board.cast, await rows(board)]).toEqual([[], []]);
  });

  it('or of a poll that nobody has, or given to a witness without a relay, is refused', async () => {
    const board = await open();
    const leaf = await board.leaf();
    const nowhere = { params: { pollId: 'pol-nowhere' } };
    await refused(relay.client.relayBallot({ ...nowhere, body: leaf }), 'not-found');
    await refused(relay.client.listMissingBallots(nowhere), 'not-found');
    await refused(give(board, leaf, fixture), 'no-relay');
    await refused(fixture.client.listMissingBallots(nowhere), 'no-relay');
  });

  it('is judged by the manifest that this witness cosigned and by no other', async () => {
    const [board, other] = [await open(), await open()];
    const leaf = await board.leaf();
    const { manifest } = board;
    board.manifest = other.manifest;
    await refused(give(board, leaf), 'poll-not-relayed');
    board.manifest = manifest.replace('"cost":300', '"cost":301');
    await refused(give(board, leaf), 'poll-not-relayed');
    const { note } = board;
    board.note = other.note;
    board.manifest = manifest;
    await refused(give(board, leaf), 'poll-not-relayed');
    board.note = `${note!.split('\n\n')[0]!}\n\n${note!.split('\n\n')[1]!.split('\n')[0]!}\n`;
    await refused(give(board, leaf), 'poll-not-relayed');
    board.note = note;
    expect(await give(board, leaf)).toMatchObject({ promise: board.promiseOf(leaf) });
  });

  it('is told by a manifest that is proven under a larger board too', async () => {
    const board = await open();
    for (let at = 0; at < 5; at += 1) board.waiting.push(await board.leaf());
    await board.publish(fixture);
    const leaf = await board.leaf();
    expect(await give(board, leaf)).toMatchObject({ promise: board.promiseOf(leaf) });
  });
});

it('a manifest is learned when its board is cosigned, so that the board may be away at the first ballot', async () => {
  watch();
  const board = await open();
  // The process that cosigned it has no relay: the board comes by again.
  await board.checkpoint({ ...fixture, cosign: relay.cosign } as WitnessFixture);
  const known = () =>
    fixture.connection.collection<{ _id: string }>('relayed_polls').findOne({ _id: board.pollId });
  await vi.waitFor(async () => expect(await known()).not.toBeNull(), 10_000);
  board.isHidden = true;
  board.manner = 'hang';
  const leaf = await board.leaf();
  expect(await give(board, leaf)).toEqual(kept(leaf));
  const away = await open();
  away.isHidden = true;
  await refused(give(away, await away.leaf()), 'poll-not-relayed');
});

describe('once casting is over', () => {
  /** A poll in which two ballots were promised and published, one promised and dropped, three never answered. */
  async function played() {
    const board = await open();
    const published = [await board.leaf(), await board.leaf()];
    for (const leaf of published) await give(board, leaf);
    const dropped = await board.leaf();
    board.manner = 'drop';
    await give(board, dropped);
    const unheard = await Promise.all([board.leaf(), board.leaf(), board.leaf()]);
    board.manner = 'unavailable';
    for (const leaf of unheard) expect(await give(board, leaf)).toEqual(kept(leaf));
    return { board, published, dropped, unheard };
  }
  const close = async (board: PlayedBoard) => {
    await board.publish(fixture);
    board.phase = 'closed';
  };
  const unpromised = (leaves: readonly Uint8Array[]) =>
    leaves.map((leaf) => ({ leafHash: hashOf(leaf), promise: null })).toSorted(byHash);
  const byHash = (one: { leafHash: string }, other: { leafHash: string }) =>
    one.leafHash < other.leafHash ? -1 : 1;

  it('everybody sees what was in time and never promised, by its hash and in pages; not before', async () => {
    const { board, unheard } = await played();
    await refused(missing(board), 'casting-not-over');
    await close(board);
    const { items } = await missing(board);
    expect(items).toEqual(unpromised(unheard));
    const first = await missing(board, { limit: 2 });
    const rest = await missing(board, { limit: 2, after: first.next! });
    expect([...first.items, ...rest.items]).toEqual(items);
    expect(rest.next).toBeNull();
    for (const after of ['nonsense', Buffer.from('"ab"').toString('base64url')]) {
      await refused(missing(board, { after }), 'invalid-request');
    }
  });

  it('what is on the board is forgotten, and what was promised and is not is complained about, once', async () => {
    const { board, dropped, unheard } = await played();
    await close(board);
    board.manner = 'promise';
    watch();
    await vi.waitFor(() => expect(board.complaints).toHaveLength(1), 10_000);
    const promise = Buffer.from(board.promiseOf(dropped), 'hex');
    expect(hex(board.complaints[0]!)).toBe(hex(Buffer.concat([dropped, promise])));
    const shown = [...unpromised(unheard), { leafHash: hashOf(dropped), promise: hex(promise) }];
    await vi.waitFor(async () => expect((await missing(board)).items).toEqual(shown.toSorted(byHash)));
    expect(await rows(board)).toHaveLength(4);
    // The board honours it.
    board.waiting.push(dropped);
    await board.publish(fixture);
    await vi.waitFor(async () => expect((await missing(board)).items).toEqual(unpromised(unheard)), 10_000);
    expect(board.complaints).toHaveLength(1);
  });

  it('of what is missing when the board is final only hashes and broken promises stay', async () => {
    const { board, dropped, unheard } = await played();
    await close(board);
    board.phase = 'key-release';
    watch();
    const promise = board.promiseOf(dropped);
    const shown = [...unpromised(unheard), { leafHash: hashOf(dropped), promise }].toSorted(byHash);
    await vi.waitFor(async () => expect(await rows(board)).toHaveLength(4), 10_000);
    await vi.waitFor(async () =>
      expect((await rows(board)).map((row) => Object.keys(row).toSorted().join())).toEqual(
        expect.arrayContaining(['_id,missing,poll', '_id,missing,poll,promise']),
      ),
    );
    board.isHidden = true;
    expect((await missing(board)).items).toEqual(shown);
    expect((await rows(board)).some((row) => 'leaf' in row || 'key' in row)).toBe(false);
  });

  it('a board whose tiles are not what its witnesses signed is not believed to have anything', async () => {
    const { board, published, dropped, unheard } = await played();
    await close(board);
    const { note } = board;
    board.note = note!.replace(
      /^(.*\n)(\d+)/,
      (_, origin: string, size: string) => `${origin}${Number(size) - 1}`,
    );
    board.phase = 'key-release';
    watch();
    const { looks } = board;
    await vi.waitFor(() => expect(board.looks).toBeGreaterThan(looks + 2), 10_000);
    expect(await rows(board)).toHaveLength(published.length + [dropped, ...unheard].length);
    board.note = note;
    await vi.waitFor(async () => expect(await rows(board)).toHaveLength(4), 10_000);
  });
});

describe('where the manifest has windows', () => {
  const windows = {
    opens: '2026-05-01T09:00:00Z',
    certificatesClose: '2026-05-14T18:00:00Z',
    castingCloses: '2026-05-14T18:30:00Z',
    complaintsClose: '2026-05-17T18:30:00Z',
  };
  const setClock = (instant: string) => {
    clock = () => Date.parse(instant);
  };

  it('a ballot that comes late or early is handed on and not kept', async () => {
    for (const instant of ['2026-05-14T18:30:00Z', '2026-05-01T08:59:59Z']) {
      setClock(instant);
      const board = await open({ windows });
      const leaf = await board.leaf();
      board.manner = 'hang';
      await refused(give(board, leaf), 'board-silent');
      board.manner = 'board-closing';
      await refused(give(board, leaf), 'board-closing');
      board.manner = 'poll-closed';
      await refused(give(board, leaf), 'poll-closed');
      expect(await rows(board)).toEqual([]);
      // An outage extends polls.
      board.manner = 'promise';
      expect(await give(board, leaf)).toMatchObject({ promise: board.promiseOf(leaf) });
      expect(await rows(board)).toEqual([]);
    }
  });

  it('a board that says before its time that it is closed does not get rid of a ballot', async () => {
    setClock('2026-05-14T18:29:00Z');
    const board = await open({ windows });
    const leaf = await board.leaf();
    board.manner = 'poll-closed';
    board.phase = 'closed';
    expect(await give(board, leaf)).toEqual(kept(leaf));
    await refused(missing(board), 'casting-not-over');
    setClock('2026-05-14T18:31:00Z');
    expect((await missing(board)).items).toEqual([{ leafHash: hashOf(leaf), promise: null }]);
  });

  it('a board that promises and promises is complained about an hour after it should have published', async () => {
    setClock('2026-05-14T18:00:00Z');
    const board = await open({ windows });
    const leaf = await board.leaf();
    board.manner = 'drop';
    await give(board, leaf);
    await board.publish(fixture);
    board.phase = 'closed';
    setClock('2026-05-14T19:29:59Z');
    watch();
    await vi.waitFor(() => expect(board.cast.length).toBeGreaterThan(3), 10_000);
    expect(board.complaints).toEqual([]);
    setClock('2026-05-14T19:30:00Z');
    await vi.waitFor(() => expect(board.complaints).toHaveLength(1), 10_000);
  });
});

it('a stranger who has a key but no certificates fills nothing', async () => {
  const board = await open();
  const voter = { ...(await certifiedVoter(board.poll)), key: newSigningKey() };
  await refused(give(board, await board.leaf(voter)), 'first-certificate-invalid');
  expect(await rows(board)).toEqual([]);
});
