import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ballotsFixture, issuerRolls, plan } from '../ballots.fixture.ts';
import type { BallotsFixture } from '../ballots.fixture.ts';

let fixture: BallotsFixture;
beforeAll(async () => {
  fixture = await ballotsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const paramsOf = (pollId: string) => ({ municipalityId: 'lintula', pollId });
const rolls = () => issuerRolls(...fixture.issuers);

describe('the rolls of a poll', () => {
  it('publish its manifest, whose bytes have the hash that certificates are bound to', async () => {
    await fixture.worker.preparePoll({ params: { pollId: 'pol-1' }, body: plan });
    const early = fixture.anyone.getManifest({ params: paramsOf('pol-1') });
    await expect(early).rejects.toMatchObject({ code: 'poll-roll-not-frozen' });
    const body = { issuers: rolls() };
    const recorded = await fixture.worker.recordRolls({ params: { pollId: 'pol-1' }, body });
    expect(recorded.roll).toBe(1000);
    const text = await fixture.anyone.getManifest({ params: paramsOf('pol-1') });
    expect(createHash('sha256').update(text).digest('hex')).toBe(recorded.manifestSha256);
    expect(JSON.parse(text)).toMatchObject({
      protocol: 'talkoot-poll-v1',
      poll: 'pol-1',
      issuers: [{ name: 'municipality', rollSize: 1000 }, { name: 'auditor' }],
    });
    const elsewhere = { municipalityId: 'other', pollId: 'pol-1' };
    const crossing = fixture.anyone.getManifest({ params: elsewhere });
    await expect(crossing).rejects.toMatchObject({ code: 'not-found' });
  });

  it('stay as they were recorded first', async () => {
    const [municipality, auditor] = rolls();
    const body = { issuers: [{ ...municipality!, roll: 5 }, auditor!] };
    const before = await fixture.anyone.getManifest({ params: paramsOf('pol-1') });
    const again = await fixture.worker.recordRolls({ params: { pollId: 'pol-1' }, body });
    expect(again.roll).toBe(1000);
    expect(await fixture.anyone.getManifest({ params: paramsOf('pol-1') })).toBe(before);
  });

  it('are those of both issuers or none, and without them the poll does not open', async () => {
    const pollId = 'pol-alone';
    await fixture.worker.preparePoll({ params: { pollId }, body: plan });
    await fixture.advance(pollId, 'prepared');
    const [municipality, auditor] = rolls();
    const record = (issuers: ReturnType<typeof rolls>) =>
      fixture.worker.recordRolls({ params: { pollId }, body: { issuers } });
    await expect(record([municipality!])).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(record([municipality!, municipality!])).rejects.toMatchObject({ code: 'issuers-differ' });
    await expect(record([auditor!, municipality!])).rejects.toMatchObject({ code: 'issuers-differ' });
    await expect(fixture.advance(pollId, 'open', 'prepared')).rejects.toMatchObject({
      code: 'poll-roll-not-frozen',
    });
    expect((await fixture.anyone.getPoll({ params: paramsOf(pollId) })).phase).not.toBe('open');
    await record([municipality!, auditor!]);
    await fixture.advance(pollId, 'open', 'roll-frozen');
    expect((await fixture.anyone.getPoll({ params: paramsOf(pollId) })).phase).toBe('open');
  });
});
