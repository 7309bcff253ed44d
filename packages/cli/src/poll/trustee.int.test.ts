import { createClient } from '@talkoot/api-contracts';
import { ballotsApi } from '@talkoot/api-contracts/ballots';
import { combineShares, isDestructionSigned, newTrustee, readCeremony } from '@talkoot/ballot-protocol';
import type { Ceremony } from '@talkoot/ballot-protocol';
import { custodyLock } from '@talkoot/ballot-protocol/node';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ballotsStandIn, CeremonyDesk } from './ballots.fixture.ts';
import { custodyFile } from './custody.file.ts';
import { custodyInMemory } from './custody.memory.ts';
import { advance, checkKey, destroy, release } from './trustee.ts';
import type { Holding, Trustee } from './trustee.ts';

const poll = { municipalityId: 'lintula', pollId: 'pol-1' };
const passphrase = 'a long passphrase';
const code = (code: string) => expect.objectContaining({ code });
let folder: string;
let desk: CeremonyDesk;
let service: Awaited<ReturnType<typeof ballotsStandIn>>;
let people: ReturnType<typeof newTrustee>[];
let trustees: Trustee[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'talkoot-trustee-'));
  people = Array.from({ length: 3 }, newTrustee);
  desk = new CeremonyDesk(ceremonyOf('pol-1'));
  service = await ballotsStandIn(desk);
  trustees = people.map(({ secrets }) => ({
    ballots: createClient(ballotsApi, { baseUrl: service.url }),
    poll,
    identity: secrets,
    custody: custodyInMemory(),
  }));
});
afterEach(async () => {
  service.close();
  await rm(folder, { recursive: true });
});

const fileOf = (at: number) => join(folder, `custody-${at}.json`);
const custodyIn = (file: string) => custodyFile({ file, poll, lock: custodyLock(passphrase, 14) });

function ceremonyOf(pollId: string): Ceremony {
  return {
    protocol: 'talkoot-key-v1',
    municipality: 'lintula',
    poll: pollId,
    threshold: 2,
    trustees: people.map(({ keys }, at) => ({
      name: `Trustee ${at + 1}`,
      organisation: `Organisation ${at + 1}`,
      index: at + 1,
      ...keys,
    })),
  };
}

async function round(take: (trustee: Trustee) => Promise<unknown> = advance): Promise<void> {
  for (const trustee of trustees) await take(trustee);
}
async function keyMade(): Promise<void> {
  for (let rounds = 0; rounds < 3; rounds += 1) await round();
}

describe('a key ceremony over HTTP', () => {
  test('makes a key that any two shares open, and ends in words of destruction', async () => {
    await keyMade();
    const { key } = desk.view();
    desk.later = 'share';
    expect(await release(trustees[2]!)).toMatchObject({ index: 3, gave: 'share' });
    expect(await release(trustees[0]!)).toMatchObject({ index: 1, gave: 'share' });
    const shares = desk.shares.map(({ index, share }) => ({ index, share: Buffer.from(share, 'hex') }));
    expect(combineShares(key!, shares)).toHaveLength(32);
    desk.later = 'destruction';
    await round(destroy);
    const binding = readCeremony(desk.ceremony);
    expect(desk.destroyed.map(({ index }) => index)).toEqual([1, 2, 3]);
    for (const { index, signature } of desk.destroyed) {
      expect(isDestructionSigned(binding, index, Buffer.from(signature, 'hex'))).toBe(true);
    }
    expect(await Promise.all(trustees.map(({ custody }) => custody.open()))).toEqual([null, null, null]);
  });

  test('gives nothing twice', async () => {
    expect(await advance(trustees[0]!)).toMatchObject({ index: 1, gave: 'round1', awaited: 'round1' });
    expect(await advance(trustees[0]!)).toMatchObject({ index: 1, gave: null, awaited: 'round1' });
    expect(desk.round1).toHaveLength(1);
  });

  test.each(['round1', 'round2', 'confirmation'])(
    'sends the same %s again when nobody knows whether it arrived',
    async (step) => {
      while (desk.awaited !== step) await round();
      const take = desk.take.bind(desk);
      // Taken, and the answer got lost.
      desk.take = (...given) => (take(...given), false);
      await expect(advance(trustees[0]!)).rejects.toThrow(code('package-differs'));
      desk.take = take;
      const lists = { round1: desk.round1, round2: desk.round2, confirmation: desk.confirmations };
      const list = lists[step as keyof typeof lists];
      // As it looks to one who asked before it arrived.
      const arrived = list.splice(0);
      await expect(advance(trustees[0]!)).resolves.toMatchObject({ gave: step });
      expect(list).toEqual(arrived);
      while (desk.awaited !== 'nothing') await round();
    },
  );

  test('keeps the secrets before it sends anything', async () => {
    const order: string[] = [];
    const { custody } = trustees[0]!;
    const keep = (holding: Holding) => (order.push('kept'), custody.keep(holding));
    const take = desk.take.bind(desk);
    desk.take = (...given) => (order.push('sent'), take(...given));
    const careful = { ...trustees[0]!, custody: { ...custody, keep } };
    for (let rounds = 0; rounds < 3; rounds += 1) {
      await advance(careful);
      for (const other of trustees.slice(1)) await advance(other);
    }
    expect(order.filter((_, at) => at % 4 < 2)).toEqual(['kept', 'sent', 'kept', 'sent', 'kept', 'sent']);
  });

  test('refuses a round for which the custody file is gone', async () => {
    await round();
    await trustees[1]!.custody.destroy();
    await expect(advance(trustees[1]!)).rejects.toThrow(code('custody-missing'));
    await advance(trustees[0]!);
    await trustees[0]!.custody.destroy();
    await expect(advance(trustees[0]!)).rejects.toThrow(code('custody-missing'));
  });

  test('stops when its own round 1 came back changed, and when a dealer is not who it says', async () => {
    await round();
    const [first] = desk.round1;
    desk.round1[0] = { ...desk.round1[1]!, index: 1 };
    await expect(advance(trustees[0]!)).rejects.toThrow(code('package-unsigned'));
    desk.round1[0] = first!;
    await round();
    desk.round2[1] = { ...desk.round2[1]!, signature: '00'.repeat(64) };
    await expect(advance(trustees[0]!)).rejects.toThrow(code('package-unsigned'));
  });

  test('refuses the ceremony of another poll, and to be no trustee', async () => {
    const stranger = { ...trustees[0]!, identity: newTrustee().secrets };
    await expect(advance(stranger)).rejects.toThrow(code('not-a-trustee'));
    const other = new CeremonyDesk(ceremonyOf('pol-2'));
    desk.view = () => other.view();
    await expect(advance(trustees[0]!)).rejects.toThrow(code('ceremony-foreign'));
  });

  test('has nothing to do once the key is made, and nothing to release or destroy before its time', async () => {
    await keyMade();
    for (const later of ['nothing', 'share', 'destruction'] as const) {
      desk.later = later;
      await expect(advance(trustees[0]!)).rejects.toThrow(code('nothing-awaited'));
    }
    desk.later = 'nothing';
    await expect(release(trustees[0]!)).rejects.toThrow(code('release-not-awaited'));
    await expect(destroy(trustees[0]!)).rejects.toThrow(code('destruction-not-awaited'));
    expect(await trustees[0]!.custody.open()).not.toBeNull();
  });

  test('signs that a share is gone only if it destroyed it, or the trustee knows better', async () => {
    await keyMade();
    desk.later = 'destruction';
    const elsewhere = { ...trustees[0]!, custody: custodyInMemory() };
    await expect(destroy(elsewhere)).rejects.toThrow(code('custody-missing'));
    expect(desk.destroyed).toEqual([]);
    expect(await destroy(elsewhere, true)).toMatchObject({ gave: 'destruction' });
    expect(await destroy(elsewhere)).toMatchObject({ gave: null });
  });

  test("takes and destroys nothing of another trustee's", async () => {
    await keyMade();
    const confused = { ...trustees[0]!, custody: trustees[1]!.custody };
    desk.later = 'share';
    await expect(release(confused)).rejects.toThrow(code('custody-foreign'));
    desk.later = 'destruction';
    await expect(destroy(confused)).rejects.toThrow(code('custody-foreign'));
    expect(await trustees[1]!.custody.open()).not.toBeNull();
    Object.assign(desk, new CeremonyDesk(desk.ceremony));
    await expect(advance(confused)).rejects.toThrow(code('custody-foreign'));
  });

  test('releases no share that does not fit the key, nor one that is not there', async () => {
    await keyMade();
    desk.later = 'share';
    const { secrets } = (await trustees[1]!.custody.open())!;
    const foreign = { ...(await trustees[0]!.custody.open())!.secrets, share: secrets.share! };
    await trustees[0]!.custody.keep({ secrets: foreign });
    await expect(release(trustees[0]!)).rejects.toThrow(code('share-wrong'));
    const { share: _, ...without } = foreign;
    await trustees[0]!.custody.keep({ secrets: without });
    await expect(release(trustees[0]!)).rejects.toThrow(code('custody-missing'));
    expect(desk.shares).toEqual([]);
    await release(trustees[1]!);
    expect(await release(trustees[1]!)).toMatchObject({ gave: null });
  });
});

describe('a trustee believes what is published, not who asks for its share', () => {
  const inFuture = {
    opens: '2090-05-01T09:00:00Z',
    certificatesClose: '2090-05-14T18:00:00Z',
    castingCloses: '2090-05-14T18:30:00Z',
    complaintsClose: '2090-05-17T18:30:00Z',
  };
  /** Of another ceremony with the same names. */
  async function foreignKey() {
    const key = structuredClone(desk.view().key!);
    key.commitments.reverse();
    return key;
  }

  test.each<[string, () => unknown]>([
    ['complaints-open', () => void (desk.manifest = { windows: inFuture })],
    ['board-unwitnessed', () => void (desk.isWitnessed = false)],
    ['below-minima', () => void (desk.leaves = 6)],
    ['below-minima', () => void (desk.manifest = { windows: null, minima: { roll: 25, counted: 5 } })],
    ['manifest-foreign', () => void (desk.manifest = { windows: null, poll: 'pol-2' })],
    ['key-foreign', async () => void (desk.manifest = { windows: null, key: await foreignKey() })],
  ])('gives nothing: %s', async (refusal, change) => {
    await keyMade();
    desk.later = 'share';
    await change();
    await expect(release(trustees[0]!)).rejects.toThrow(code(refusal));
    expect(desk.shares).toEqual([]);
  });

  test('finds before the poll opens that ballots would be sealed to a key of somebody else', async () => {
    await expect(checkKey(trustees[0]!)).rejects.toThrow(code('key-not-made'));
    await keyMade();
    const [one, other] = await Promise.all(trustees.slice(1).map(checkKey));
    expect(one).toMatchObject({ index: 2, ceremony: other!.ceremony, manifest: other!.manifest });
    desk.manifest = { windows: null, key: await foreignKey() };
    await expect(checkKey(trustees[0]!)).rejects.toThrow(code('key-foreign'));
  });
});

describe('a custody file', () => {
  const withFile = () => ({ ...trustees[0]!, custody: custodyIn(fileOf(0)) });

  test('shows no secret, is readable by its owner alone, and opens under its passphrase for its poll', async () => {
    await advance(withFile());
    const { secrets } = (await custodyIn(fileOf(0)).open())!;
    const text = await readFile(fileOf(0), 'utf8');
    for (const secret of [secrets.signingKey, secrets.sealingKey, ...secrets.coefficients!]) {
      expect(text).not.toContain(secret);
    }
    expect((await stat(fileOf(0))).mode & 0o777).toBe(0o600);
    const place = { file: fileOf(0), lock: custodyLock(passphrase), poll };
    const wrong = custodyFile({ ...place, lock: custodyLock('another passphrase') });
    await expect(wrong.open()).rejects.toThrow(
      expect.objectContaining({ code: 'custody-locked', message: expect.stringContaining(fileOf(0)) }),
    );
    const ofOther = custodyFile({ ...place, poll: { ...poll, pollId: 'pol-2' } });
    await expect(ofOther.open()).rejects.toThrow(code('custody-foreign'));
    await writeFile(fileOf(0), '{}');
    await expect(custodyIn(fileOf(0)).open()).rejects.toThrow(code('custody-malformed'));
  });

  test('is destroyed with what an interrupted writing left', async () => {
    await advance(withFile());
    await writeFile(`${fileOf(0)}.next`, 'half of a fi');
    await custodyIn(fileOf(0)).destroy();
    expect([existsSync(fileOf(0)), existsSync(`${fileOf(0)}.next`)]).toEqual([false, false]);
    await custodyIn(fileOf(0)).destroy();
  });
});
