import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { courseOf } from '../course.fixture.ts';
import { M, projectsFixture } from '../projects.fixture.ts';
import type { Fixture } from '../projects.fixture.ts';

let fixture: Fixture;
let course: Awaited<ReturnType<typeof courseOf>>;

beforeAll(async () => {
  fixture = await projectsFixture(inject('mongodbUrl'));
  course = await courseOf(fixture);
});
afterAll(() => fixture.stop());

const refused = (code: string) => ({ code });

async function hiddenComment() {
  const { project } = await course.proposed();
  const { commentId } = await course.people.resident.postComment({
    params: project,
    body: { text: 'An insult' },
  });
  const moderator = await fixture.person('per-moderator', 'moderator', 'appeal-body');
  const params = { ...M, commentId };
  await moderator.hideComment({ params, body: { reason: 'It insults.' } });
  return { project, params, moderator };
}

describe('discussion', () => {
  it('tells of a comment without its text', async () => {
    const { project: params, projectId } = await course.proposed();
    const body = { text: 'Keep two metres free.', kind: 'suggestion' as const };
    const { commentId } = await course.people.resident.postComment({ params, body });
    const replyTo = { text: 'We will.', replyTo: commentId };
    await course.people.champion.postComment({ params, body: replyTo });
    const { items } = await fixture.visitor.listComments({ params });
    expect(items.map(({ text }) => text)).toEqual(['Keep two metres free.', 'We will.']);
    const events = await fixture.events('org.talkoot.project.comment-posted.v1');
    expect(events.filter(({ subject }) => subject === projectId)[0]?.data).toEqual({ commentId });
    const elsewhere = await course.proposed();
    const astray = course.people.champion.postComment({ params: elsewhere.project, body: replyTo });
    await expect(astray).rejects.toMatchObject(refused('not-found'));
  });

  it('hides a reported comment with a trace and a public reason', async () => {
    const { project } = await course.proposed();
    const { commentId } = await course.people.resident.postComment({
      params: project,
      body: { text: 'An insult' },
    });
    const params = { ...M, commentId };
    const report = () => course.people.champion.reportComment({ params, body: { reason: 'It insults me.' } });
    await report();
    await expect(report()).rejects.toMatchObject(refused('already-reported'));
    const moderator = await fixture.person('per-moderator', 'moderator');
    const listed = await moderator.listReportedComments({ params: M });
    expect(listed.items).toMatchObject([{ commentId, reports: 1 }]);
    const hidden = await moderator.hideComment({ params, body: { reason: 'It insults.' } });
    expect(hidden).toMatchObject({ text: null, state: 'hidden' });
    const [shown] = (await fixture.visitor.listComments({ params: project })).items;
    expect(shown).toMatchObject({ commentId, text: null, state: 'hidden' });
    const reason = await fixture.visitor.getText({ params: { ...M, textId: shown!.hidden!.reason.id } });
    expect(reason.text).toBe('It insults.');
    const again = moderator.hideComment({ params, body: { reason: 'Again.' } });
    await expect(again).rejects.toMatchObject(refused('already-hidden'));
  });

  it('hears one appeal of the author, decided by somebody else', async () => {
    const { project, params, moderator } = await hiddenComment();
    const body = { reason: 'It was a joke.' };
    const decision = { upheld: true, reason: 'A joke indeed.' };
    const { resident, champion, appealBody } = course.people;
    await expect(champion.appealHiding({ params, body })).rejects.toMatchObject(refused('not-author'));
    await expect(appealBody.decideHidingAppeal({ params, body: decision })).rejects.toMatchObject(
      refused('not-awaited'),
    );
    await resident.appealHiding({ params, body });
    await expect(resident.appealHiding({ params, body })).rejects.toMatchObject(refused('appeal-used'));
    await expect(moderator.decideHidingAppeal({ params, body: decision })).rejects.toMatchObject(
      refused('same-person-twice'),
    );
    const judgingAuthor = await fixture.person('per-resident', 'appeal-body');
    await expect(judgingAuthor.decideHidingAppeal({ params, body: decision })).rejects.toMatchObject(
      refused('same-person-twice'),
    );
    await appealBody.decideHidingAppeal({ params, body: decision });
    expect((await fixture.visitor.listComments({ params: project })).items[0]).toMatchObject({
      text: 'An insult',
    });
    await expect(moderator.hideComment({ params, body })).rejects.toMatchObject(refused('already-decided'));
  });

  it('has nothing to appeal while a comment is shown', async () => {
    const { project } = await course.proposed();
    const { commentId } = await course.people.resident.postComment({
      params: project,
      body: { text: 'Fine' },
    });
    const appeal = course.people.resident.appealHiding({
      params: { ...M, commentId },
      body: { reason: 'Why?' },
    });
    await expect(appeal).rejects.toMatchObject(refused('not-hidden'));
  });
});
