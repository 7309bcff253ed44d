import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerNotices } from './notices.command.ts';
import { registerPersonnel } from './personnel.command.ts';
import { serviceStandIn, written } from './service/service.fixture.ts';

const at = '2027-03-01T09:00:00.000Z';
const change = {
  changeId: 'num-1',
  personnelNumber: 'P-2',
  proposedBy: 'per-hr',
  proposedAt: at,
  coolsOffAt: '2027-03-04T09:00:00.000Z',
  confirmedBy: null,
  confirmedAt: null,
};
const waiting = { personId: 'per-1', personnelNumber: 'P-1', change };
const act = { act: 'proposed', changeId: 'num-1', personnelNumber: null, by: 'per-hr', at };
const notice = {
  noticeId: 'obl-1-cancellation-1',
  template: 'payout',
  subject: { kind: 'obligation', id: 'obl-1' },
  wait: 'cancellation-proposed',
  dueAt: null,
  at,
  read: false,
};
const refused = (code: string) => ({
  status: 409,
  type: 'application/problem+json',
  body: { type: `urn:talkoot:problem:${code}`, title: 'A second person has to do this', status: 409, code },
});
const here = '/v1/m/lintula';

let service: Awaited<ReturnType<typeof serviceStandIn>>;
beforeAll(async () => {
  service = await serviceStandIn({
    [`GET ${here}/personnel`]: { body: { items: [waiting], next: 'more' } },
    [`GET ${here}/personnel?after=more`]: {
      body: { items: [{ personId: 'per-2', personnelNumber: null, change: null }], next: null },
    },
    [`GET ${here}/personnel?awaiting=confirmation`]: { body: { items: [waiting], next: null } },
    [`GET ${here}/personnel/per-1/acts`]: { body: { items: [act], next: null } },
    [`POST ${here}/personnel/per-1/change`]: { body: waiting },
    [`POST ${here}/personnel/per-1/change/confirmation`]: refused('same-person-twice'),
    [`POST ${here}/personnel/per-1/change/refusal`]: { body: { ...waiting, change: null } },
    [`GET ${here}/notices?unread=true`]: { body: { items: [notice], next: null } },
    [`GET ${here}/notices`]: { body: { items: [{ ...notice, read: true }], next: null } },
    [`POST ${here}/notices/obl-1-cancellation-1/read`]: { status: 204, body: undefined },
  });
});
beforeEach(() => {
  vi.stubEnv('IDENTITY_URL', service.url);
  vi.stubEnv('TALKOOT_TOKEN', 'the-token');
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => void service.close());
const personnel = (...words: string[]) =>
  written(registerPersonnel, ['personnel', ...words, '-m', 'lintula']);
const notices = (...words: string[]) => written(registerNotices, ['notices', ...words, '-m', 'lintula']);
const body = () => JSON.parse(service.asked.at(-1)!.body) as unknown;

describe('talkoot personnel', () => {
  it('lists numbers and what waits, page after page', async () => {
    const said = await personnel('list');
    expect(said).toContain('per-1  P-1\n    P-2 (num-1), proposed');
    expect(said).toContain('waits for a second person; counts from 2027-03-04T09:00:00.000Z on');
    expect(said).toContain('per-2  no number');
    expect(JSON.parse(await personnel('list', '--awaiting', 'confirmation', '--json'))).toEqual(waiting);
    expect(await personnel('acts', 'per-1')).toBe(`${at}  per-hr proposed none (num-1)\n`);
  });

  it('proposes a number or none, and says by its code why somebody may not confirm', async () => {
    await personnel('propose', 'per-1', '--number', 'P-2');
    expect(body()).toEqual({ personnelNumber: 'P-2' });
    await personnel('propose', 'per-1', '--none');
    expect(body()).toEqual({ personnelNumber: null });
    await expect(personnel('propose', 'per-1')).rejects.toMatchObject({ code: 'number-or-none' });
    await expect(personnel('propose', 'per-1', '--none', '--number', 'P-2')).rejects.toMatchObject({
      code: 'number-or-none',
    });
    await expect(personnel('confirm', 'per-1', 'num-1')).rejects.toMatchObject({ code: 'same-person-twice' });
    expect(await personnel('refuse', 'per-1', 'num-1')).toBe('per-1  P-1\n');
    expect(body()).toEqual({ changeId: 'num-1' });
  });

  it('asks who is signed in', async () => {
    vi.stubEnv('TALKOOT_TOKEN', '');
    await expect(personnel('list')).rejects.toMatchObject({ code: 'token-missing' });
  });
});

describe('talkoot notices', () => {
  it('lists what was not read, with the command that shows it, and takes down what is read', async () => {
    const said = await notices('list');
    expect(said).toContain('cancellation-proposed  obligation obl-1');
    expect(said).toContain('(talkoot obligations show obl-1)');
    expect(await notices('list', '--all')).toContain('obl-1-cancellation-1');
    await notices('read', 'obl-1-cancellation-1');
    expect(service.asked.at(-1)!.route).toBe(`POST ${here}/notices/obl-1-cancellation-1/read`);
  });
});
