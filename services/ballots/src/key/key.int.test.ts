import {
  finishCeremony,
  readCeremony,
  signDestruction,
  signRelease,
  startRound1,
  startRound2,
} from '@talkoot/ballot-protocol';
import type { Confirmation, Round1, Round2, TrusteeSecrets } from '@talkoot/ballot-protocol';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ballotsFixture, plan, trustees } from '../ballots.fixture.ts';
import type { BallotsFixture } from '../ballots.fixture.ts';
import { closeBoard, hold, paramsOf, release, signedShare, tally } from '../held-poll.fixture.ts';

let fixture: BallotsFixture;
beforeAll(async () => {
  fixture = await ballotsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const refusal = (code: string, detail?: string) =>
  detail === undefined ? { code } : { code, problem: { detail } };
const show = (pollId: string) => fixture.anyone.getKeyCeremony({ params: paramsOf(pollId) });
const at = (pollId: string, index: number) => ({ ...paramsOf(pollId), index });
const giveRound1 = (pollId: string, index: number, body: Round1) =>
  fixture.anyone.giveRound1({ params: at(pollId, index), body });
const giveRound2 = (pollId: string, index: number, body: Round2) =>
  fixture.anyone.giveRound2({ params: at(pollId, index), body });
const confirm = (pollId: string, index: number, body: Confirmation) =>
  fixture.anyone.confirmKey({ params: at(pollId, index), body });
const releaseShare = async (pollId: string, index: number, share: string) =>
  fixture.anyone.releaseShare({
    params: at(pollId, index),
    body: await signedShare(fixture, pollId, index, share),
  });

/** The facts that a poll was told, by name. */
async function factsOf(pollId: string): Promise<string[]> {
  const rows = await fixture.connection.collection('outbox').find().toArray();
  return rows.flatMap(({ command }) =>
    command?.kind === 'signal' && command.workflowId === `poll/${pollId}` ? [command.signal as string] : [],
  );
}

/** All packages of a ceremony, as honest trustees make them. */
async function packagesOf(pollId: string) {
  const binding = readCeremony((await show(pollId)).ceremony);
  const started = trustees.map(({ secrets }) => startRound1(binding, secrets));
  const round1 = started.map((one) => one.round1);
  const round2 = await Promise.all(started.map(({ secrets }) => startRound2(binding, secrets, round1)));
  const finished = await Promise.all(
    started.map(({ secrets }) => finishCeremony(binding, secrets, round1, round2)),
  );
  return { binding, round1, round2, confirmations: finished.map(({ confirmation }) => confirmation) };
}

describe('the key of a poll', () => {
  it('is made of what all trustees give, in any order and at once, and the poll is told once', async () => {
    const pollId = 'pol-key';
    await fixture.prepare(pollId, plan, 'roll-frozen');
    const { round1, round2, confirmations } = await packagesOf(pollId);
    const all = [3, 1, 2];
    expect(await show(pollId)).toMatchObject({ awaited: 'round1', key: null });
    await Promise.all(all.map((index) => giveRound1(pollId, index, round1[index - 1]!)));
    expect((await show(pollId)).awaited).toBe('round2');
    await Promise.all(all.map((index) => giveRound2(pollId, index, round2[index - 1]!)));
    expect((await show(pollId)).awaited).toBe('confirmation');
    expect(await factsOf(pollId)).toEqual([]);
    await Promise.all(all.map((index) => confirm(pollId, index, confirmations[index - 1]!)));
    const shown = await show(pollId);
    expect(shown).toMatchObject({ awaited: 'nothing', key: { threshold: 2 }, released: [] });
    expect(shown.round2.map(({ index }) => index)).toEqual([1, 2, 3]);
    expect(await factsOf(pollId)).toEqual(['key-made']);
    expect(await confirm(pollId, 2, confirmations[1]!)).toEqual({ index: 2, awaited: 'nothing' });
    expect(await giveRound1(pollId, 1, round1[0]!)).toEqual({ index: 1, awaited: 'nothing' });
    expect(await factsOf(pollId)).toEqual(['key-made']);
  });

  it('is shown only once the rolls are frozen, and in its municipality', async () => {
    await fixture.prepare('pol-early', plan, 'prepared');
    await expect(show('pol-early')).rejects.toMatchObject(refusal('poll-roll-not-frozen'));
    const params = { municipalityId: 'other', pollId: 'pol-key' };
    await expect(fixture.anyone.getKeyCeremony({ params })).rejects.toMatchObject(refusal('not-found'));
    const [round1] = (await show('pol-key')).round1;
    const given = fixture.anyone.giveRound1({ params: { ...params, index: 1 }, body: round1! });
    await expect(given).rejects.toMatchObject(refusal('not-found'));
  });
});

describe('a package', () => {
  const pollId = 'pol-packages';
  let packages: Awaited<ReturnType<typeof packagesOf>>;
  beforeAll(async () => {
    await fixture.prepare(pollId, plan, 'roll-frozen');
    packages = await packagesOf(pollId);
  });

  it('is taken only at its step', async () => {
    const { round2, confirmations } = packages;
    const early = refusal('ceremony-not-awaited', 'Awaited is: round1');
    await expect(giveRound2(pollId, 1, round2[0]!)).rejects.toMatchObject(early);
    await expect(confirm(pollId, 1, confirmations[0]!)).rejects.toMatchObject(early);
  });

  it('of round 1 is signed, proven, and its own; the first stays', async () => {
    const { round1, binding } = packages;
    const [one, two, three] = round1;
    const wrong = (body: Round1, index: number, detail: string) =>
      expect(giveRound1(pollId, index, body)).rejects.toMatchObject(refusal('package-wrong', detail));
    await wrong(two!, 1, 'This is a package of trustee 2');
    await wrong({ ...one!, signature: two!.signature }, 1, 'package-unsigned: trustee 1');
    await wrong({ ...one!, index: 9 }, 9, 'not-a-trustee: trustee 9');
    await wrong(
      { ...one!, commitments: [...one!.commitments, one!.commitments[0]!] },
      1,
      'package-malformed: trustee 1',
    );
    await giveRound1(pollId, 1, one!);
    const { round1: another } = startRound1(binding, trustees[0]!.secrets);
    const differs = refusal('package-differs', 'trustee 1');
    await expect(giveRound1(pollId, 1, another)).rejects.toMatchObject(differs);
    expect(await giveRound1(pollId, 1, one!)).toEqual({ index: 1, awaited: 'round1' });
    await giveRound1(pollId, 2, two!);
    expect(await giveRound1(pollId, 3, three!)).toEqual({ index: 3, awaited: 'round2' });
    expect((await show(pollId)).round1).toHaveLength(3);
  });

  it('of round 2 has a share for each other trustee, and is signed for these packages of round 1', async () => {
    const [one, two, three] = packages.round2;
    const wrong = (body: Round2, detail: string) =>
      expect(giveRound2(pollId, 1, body)).rejects.toMatchObject(refusal('package-wrong', detail));
    await wrong({ ...one!, shares: one!.shares.slice(1) }, 'package-malformed: trustee 1');
    await wrong({ ...one!, shares: one!.shares.toReversed() }, 'package-unsigned: trustee 1');
    for (const [place, body] of [one!, two!, three!].entries()) await giveRound2(pollId, place + 1, body);
    const differs = giveRound2(pollId, 1, { ...one!, signature: two!.signature });
    await expect(differs).rejects.toMatchObject(refusal('package-differs'));
  });

  it('of confirmation is signed, and without the last one there is no key', async () => {
    const [one, two, three] = packages.confirmations;
    const unsigned = confirm(pollId, 1, { index: 1, signature: two!.signature });
    await expect(unsigned).rejects.toMatchObject(refusal('package-wrong', 'package-unsigned: trustee 1'));
    await confirm(pollId, 1, one!);
    await confirm(pollId, 2, two!);
    expect(await show(pollId)).toMatchObject({ awaited: 'confirmation', key: null });
    expect(await factsOf(pollId)).toEqual([]);
    expect(await confirm(pollId, 3, three!)).toEqual({ index: 3, awaited: 'nothing' });
  });

  it('is not taken any more once the poll is not held', async () => {
    const over = 'pol-over';
    await fixture.prepare(over, plan, 'roll-frozen');
    const { round1 } = await packagesOf(over);
    await fixture.ballots.polls.setPhase(over, 'not-held', undefined as never);
    await expect(giveRound1(over, 1, round1[0]!)).rejects.toMatchObject(refusal('ceremony-not-awaited'));
  });
});

describe('a share', () => {
  const pollId = 'pol-shares';
  const shareOf = (index: number) => fixture.secretsOf(pollId)[index - 1]!.share!;
  beforeAll(async () => {
    await fixture.prepare(pollId, plan, 'open');
    for (const place of [0, 1])
      await fixture.cast(pollId, await fixture.leaf(pollId, { type: 'approval', places: [place] }));
  });

  it('is asked for only once complaints are settled', async () => {
    const early = releaseShare(pollId, 1, shareOf(1));
    await expect(early).rejects.toMatchObject(refusal('release-not-awaited'));
    await closeBoard(fixture, pollId);
    expect((await show(pollId)).awaited).toBe('share');
  });

  it('is checked against the commitments, and a wrong one names its trustee', async () => {
    const wrong = (index: number, share: string, detail: string) =>
      expect(releaseShare(pollId, index, share)).rejects.toMatchObject(refusal('share-wrong', detail));
    await wrong(1, shareOf(2), 'share-wrong: trustee 1');
    await wrong(1, '00'.repeat(32), 'share-malformed: trustee 1');
    await wrong(1, 'ff'.repeat(32), 'share-malformed: trustee 1');
    const stranger = releaseShare(pollId, 4, shareOf(1));
    await expect(stranger).rejects.toMatchObject(refusal('release-unsigned', 'trustee 4'));
    expect((await show(pollId)).released).toEqual([]);
  });

  it('is given, signed, for the board as it is and for no other', async () => {
    const [own, others] = [await signedShare(fixture, pollId, 1), await signedShare(fixture, pollId, 2)];
    const binding = fixture.binding(pollId);
    const board = { size: 2, root: new Uint8Array(32).fill(1) };
    const given = { index: 1, share: Buffer.from(own.share, 'hex') };
    const { signingKey } = fixture.secretsOf(pollId)[0]!;
    const elsewhere = signRelease(binding, board, given, Buffer.from(signingKey, 'hex'));
    for (const signature of [others.signature, Buffer.from(elsewhere).toString('hex')]) {
      const sent = fixture.anyone.releaseShare({ params: at(pollId, 1), body: { ...own, signature } });
      await expect(sent).rejects.toMatchObject(refusal('release-unsigned', 'trustee 1'));
    }
    expect((await show(pollId)).released).toEqual([]);
  });

  it('is kept to itself; with as many as are needed the poll is told once, and no more are asked for', async () => {
    const withheld = tally(fixture, pollId);
    await expect(withheld).rejects.toMatchObject(refusal('key-not-released'));
    expect(await releaseShare(pollId, 3, shareOf(3))).toEqual({ index: 3, awaited: 'share' });
    await expect(tally(fixture, pollId)).rejects.toMatchObject(refusal('key-not-released'));
    expect(await releaseShare(pollId, 3, shareOf(3))).toEqual({ index: 3, awaited: 'share' });
    expect(await factsOf(pollId)).toEqual(['key-made']);
    expect(await releaseShare(pollId, 1, shareOf(1))).toEqual({ index: 1, awaited: 'nothing' });
    expect(await factsOf(pollId)).toEqual(['key-made', 'key-released']);
    const late = releaseShare(pollId, 2, shareOf(2));
    await expect(late).rejects.toMatchObject(refusal('release-not-awaited'));
    const shown = await show(pollId);
    expect(shown.released).toEqual([1, 3]);
    for (const index of [1, 2, 3]) expect(JSON.stringify(shown)).not.toContain(shareOf(index));
    expect(await tally(fixture, pollId)).toMatchObject({ outcome: 'counted', ballots: 2 });
  });

  it('of two who release at once is told of once', async () => {
    const twice = 'pol-at-once';
    await fixture.prepare(twice, plan, 'open');
    for (const place of [0, 1])
      await fixture.cast(twice, await fixture.leaf(twice, { type: 'approval', places: [place] }));
    await closeBoard(fixture, twice);
    await Promise.all([release(fixture, twice, 1), release(fixture, twice, 2)]);
    expect(await factsOf(twice)).toEqual(['key-made', 'key-released']);
  });
});

describe('the destruction of a share', () => {
  it('is declared, signed, once the poll is over', async () => {
    const pollId = 'pol-destroyed';
    await hold(fixture, pollId, plan, [
      { type: 'approval', places: [0] },
      { type: 'approval', places: [1] },
    ]);
    const binding = readCeremony((await show(pollId)).ceremony);
    const signed = (secrets: TrusteeSecrets) =>
      Buffer.from(signDestruction(binding, secrets)).toString('hex');
    const declare = (index: number, signature: string) =>
      fixture.anyone.declareDestroyed({ params: at(pollId, index), body: { signature } });
    const [one, two] = trustees.map(({ secrets }) => signed(secrets));
    await expect(declare(1, one!)).rejects.toMatchObject(refusal('destruction-not-awaited'));
    await fixture.advance(pollId, 'decided', 'published');
    expect((await show(pollId)).awaited).toBe('destruction');
    await expect(declare(1, two!)).rejects.toMatchObject(
      refusal('package-wrong', 'package-unsigned: trustee 1'),
    );
    await expect(declare(7, one!)).rejects.toMatchObject(refusal('package-wrong'));
    expect(await declare(1, one!)).toEqual({ index: 1, awaited: 'destruction' });
    expect(await declare(1, one!)).toEqual({ index: 1, awaited: 'destruction' });
    expect((await show(pollId)).destroyed).toEqual([{ index: 1, signature: one }]);
  });
});
