import { certificateMessage, publicKeyOf, verifyCertificate } from '@talkoot/ballot-protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { deskTown } from './desk.fixture.ts';
import type { DeskTown } from './desk.fixture.ts';
import { issueToAll } from './issuing.queue.ts';
import { issueAt } from './issuing.ts';
import { poolInMemory } from './pool.ts';

let town: DeskTown;
beforeEach(async () => {
  town = await deskTown();
});

const pool = async () => (await town.store.open())!;
const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code });

describe('a desk', () => {
  test('gets a key certified by both organisations, and keeps nothing of whose it is', async () => {
    await issueAt(town, 'V-1');
    await issueAt(town, 'V-2');
    const { keys, unfinished } = await pool();
    expect([keys.length, unfinished]).toEqual([2, []]);
    for (const { secretKey, certificates } of keys) {
      const { binding, issuers } = town.onDevice;
      const message = certificateMessage(binding.m, publicKeyOf(Buffer.from(secretKey, 'hex')));
      for (const [place, certificate] of certificates.entries()) {
        const key = issuers[place]!;
        expect(await verifyCertificate(key, message, Buffer.from(certificate, 'hex'))).toBe(true);
      }
      expect(Object.keys({ secretKey, certificates })).toEqual(['secretKey', 'certificates']);
    }
    const text = JSON.stringify(await pool());
    for (const asked of town.issued.flatMap((one) => [...one])) {
      expect(text).not.toContain(asked[0]);
      expect(text).not.toContain(asked[1]);
    }
  });

  test.each([
    ['before the first signed', 'beforeSigning', 0],
    ['when the first answer was lost', 'answerLost', 0],
    ['before the second signed', 'beforeSigning', 1],
    ['when the second answer was lost', 'answerLost', 1],
  ] as const)('takes up the issue of the same voter that failed %s', async (_when, failure, issuer) => {
    town.failures[failure].push(issuer);
    await expect(issueAt(town, 'V-1')).rejects.toThrow(/no answer|lost/);
    expect((await pool()).unfinished).toHaveLength(1);
    // Somebody else is served meanwhile, under a key of their own.
    await issueAt(town, 'V-2');
    expect(await pool()).toMatchObject({ keys: [{}], unfinished: [{}] });
    await issueAt(town, ' v-1');
    expect(await pool()).toMatchObject({ keys: [{}, {}], unfinished: [] });
    for (const issued of town.issued) expect(new Set(issued.values()).size).toBe(2);
  });

  test('keeps a key before anything is sent', async () => {
    let kept = 0;
    const ask: DeskTown['ask'] = async (...asked) => {
      kept = (await pool()).unfinished.length;
      return town.ask(...asked);
    };
    await issueAt({ ...town, ask }, 'V-1');
    expect(kept).toBe(1);
  });

  test('asks nobody when it cannot keep the key', async () => {
    const store = { ...town.store, keep: () => Promise.reject(new Error('the disk is full')) };
    await expect(issueAt({ ...town, store }, 'V-1')).rejects.toThrow('the disk is full');
    expect(town.issued.map(({ size }) => size)).toEqual([0, 0]);
  });

  test('says in plain words who is refused, forgets their key and serves the next', async () => {
    town.issued[0].set('V-1', 'online');
    town.issued[1].set('V-2', 'online');
    async function* voters() {
      for (const [at, nationalId] of ['V-1', 'nobody', 'V-2', 'V-3'].entries())
        yield await Promise.resolve({ line: at + 1, nationalId });
    }
    expect(await issueToAll(town, voters())).toEqual({
      issued: 1,
      keys: 1,
      refused: [
        { line: 1, code: 'certificate-already-issued' },
        { line: 2, code: 'not-on-roll' },
        { line: 3, code: 'certificate-already-issued' },
      ],
    });
    expect((await pool()).unfinished).toEqual([]);
    expect(town.issued[1].has('V-1')).toBe(false);
    await expect(issueAt(town, 'V-1')).rejects.toThrow(/Lintula: this voter has begun to vote elsewhere/);
    town.issued[1].set('V-4', 'online');
    await expect(issueAt(town, 'V-4')).rejects.toThrow(/Audit office: .* the second does not/);
  });

  test('keeps its pool to one poll and one desk', async () => {
    await issueAt(town, 'V-1');
    await refused(issueAt({ ...town, desk: 'school' }, 'V-2'), 'pool-foreign');
    await refused(issueAt({ ...town, poll: { ...town.poll, pollId: 'pol-2' } }, 'V-2'), 'pool-foreign');
    const other = await deskTown();
    await refused(issueAt({ ...other, store: town.store }, 'V-2'), 'pool-foreign');
    expect(other.issued[0].size).toBe(0);
  });

  test('keeps keys in an order that is not the one they came in', async () => {
    const store = poolInMemory();
    const orders = new Set<string>();
    for (let turn = 0; turn < 4; turn += 1) await issueAt({ ...town, store }, `V-${turn}`);
    const kept = (await store.open())!;
    for (let turn = 0; turn < 30; turn += 1) {
      await store.keep(kept);
      orders.add((await store.open())!.keys.map(({ secretKey }) => secretKey.slice(0, 8)).join());
    }
    expect(orders.size).toBeGreaterThan(5);
  });
});
