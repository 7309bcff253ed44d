import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { outboxFollower } from './outbox.follower.ts';
import { prepareOutbox } from './outbox.rows.ts';
import { readEvent, readOutbox } from './outbox.reader.ts';
import { appendAll, commentOn, freshId, openDatabase } from './testing/bus-bench.ts';

let database: Awaited<ReturnType<typeof openDatabase>>;
let connection: Connection;

beforeAll(async () => {
  database = await openDatabase(inject('mongodbUrl'));
  connection = database.connection;
  await prepareOutbox(connection);
});
afterAll(() => database.close());

async function follower(name: string) {
  const following = outboxFollower(connection, name);
  await following.prepare();
  const takeIn = async (limit: number) => {
    const ids = (await following.pending(limit)).map(({ id }) => id);
    await connection.transaction((session) => following.taken(session, ids));
    return ids;
  };
  return { ...following, takeIn };
}

describe('a follower of the own outbox', () => {
  it('takes every event in once, each aggregate’s in order, whatever other followers do', async () => {
    const [one, other] = [await follower('one'), await follower('other')];
    const projects = [freshId('project'), freshId('project')];
    await Promise.all(
      projects.map((project) =>
        appendAll(
          connection,
          [1, 2, 3].map((number) => commentOn(project, `c${number}`)),
        ),
      ),
    );
    const taken = [...(await one.takeIn(4)), ...(await one.takeIn(4)), ...(await one.takeIn(4))];
    expect(new Set(taken).size).toBe(6);
    for (const project of projects) {
      const own = taken.filter((id) => id.includes(project));
      expect(own).toEqual([1, 2, 3].map((version) => `project/${project}/${version}`));
    }
    expect(await other.takeIn(100)).toHaveLength(6);
  });

  it('takes nothing in when the transaction of the effect is given up, or another was faster', async () => {
    const one = await follower('third');
    await one.takeIn(100);
    await appendAll(connection, [commentOn(freshId('project'), 'c1')]);
    const { id } = (await one.pending(1))[0]!;
    const effect = connection.transaction(async (session) => {
      await one.taken(session, [id]);
      throw new Error('the effect failed');
    });
    await expect(effect).rejects.toThrow('the effect failed');
    expect(await one.takeIn(100)).toEqual([id]);
    const late = connection.transaction((session) => one.taken(session, [id]));
    await expect(late).rejects.toMatchObject({ code: 'follower-overtaken' });
  });
});

describe('reading the outbox', () => {
  it('begins at an instant, and finds one event by its id', async () => {
    const project = freshId('project');
    await appendAll(connection, [commentOn(project, 'c1')]);
    const row = await connection.collection<{ _id: string; at: Date }>('outbox').findOne({ key: project });
    const { events } = await readOutbox(connection, { since: row!.at });
    expect(events[0]!.id).toBe(row!._id);
    expect(await readEvent(connection, row!._id)).toEqual(events[0]);
    expect(await readEvent(connection, 'project/none/1')).toBeNull();
    const later = await readOutbox(connection, { since: new Date(row!.at.getTime() + 60_000) });
    expect(later).toEqual({ events: [], lastId: null });
  });
});
