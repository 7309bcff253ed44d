import { afterEach, expect, test, vi } from 'vitest';
import { registerRecord } from './record.command.ts';
import { serviceStandIn, written } from './service/service.fixture.ts';

const record = (...words: string[]) => written(registerRecord, ['record', ...words, '-m', 'lintula']);
let service: Awaited<ReturnType<typeof serviceStandIn>> | undefined;

async function answering(answers: Parameters<typeof serviceStandIn>[0]) {
  service = await serviceStandIn(answers);
  vi.stubEnv('PROJECTS_URL', service.url);
  vi.stubEnv('PAYMENTS_URL', service.url);
  vi.stubEnv('TALKOOT_TOKEN', 'the-token');
  return service;
}
afterEach(() => {
  vi.unstubAllEnvs();
  service?.close();
});

const entry = {
  criterion: 'hours',
  weight: '1',
  full: '1',
  recorded: '1/2',
  figure: '1/2',
  points: '1/2',
  why: null,
  contest: 'open',
};
const own = {
  personId: 'per-1',
  pilotId: 'pil-1',
  charterSha256: 'c'.repeat(64),
  minimumRaters: 3,
  projects: [],
  entries: [entry],
  score: '1/2',
  computation: ['hours: 600 confirmed minutes of 20 assigned hours = 0.5'],
  contests: [],
  contestUntil: '2027-01-01T14:00:59.000Z',
};

test('shows a person their own record, line by line', async () => {
  await answering({ 'GET /v1/m/lintula/me/pilots/pil-1/record': { body: own } });
  const said = await record('show', 'pil-1');
  expect(said).toContain('per-1: score 1/2\n  hours: 600 confirmed minutes of 20 assigned hours = 0.5\n');
  expect(said).toContain('hours: contest open');
  expect(JSON.parse(await record('show', 'pil-1', '--json'))).toEqual(own);
});

test('contests one entry with a reason', async () => {
  const contest = {
    contestId: 'rct-1',
    pilotId: 'pil-1',
    personId: 'per-1',
    criterion: 'hours',
    contested: '1/2',
    reason: { id: 'txt-1', sha256: 'a'.repeat(64) },
    openedAt: '2026-12-01T10:00:00.000Z',
    dueAt: '2027-01-01T14:00:59.000Z',
    overdue: false,
    decision: null,
  };
  const route = 'POST /v1/m/lintula/me/pilots/pil-1/record/contests';
  const { asked } = await answering({ [route]: { status: 201, body: contest } });
  const said = await record('contest', 'pil-1', '--criterion', 'hours', '--reason', 'June is missing.');
  expect(said).toBe('rct-1: to be decided by 2027-01-01T14:00:59.000Z\n');
  expect(JSON.parse(asked[0]!.body)).toEqual({ criterion: 'hours', reason: 'June is missing.' });
});

test('exports pages as one table, or as one object a line', async () => {
  const header = 'personnel_number,person,criterion';
  const { personId: _, computation: __, ...rest } = own;
  const one = (personId: string) => ({ ...rest, personId, personnelNumber: null, contested: true });
  const path = '/v1/m/lintula/pilots/pil-1';
  const csv = (body: string) => ({ type: 'text/csv', body });
  await answering({
    [`GET ${path}/records.csv`]: csv(`${header}\r\nP-1,per-1,hours\r\n,per-2,hours\r\n`),
    [`GET ${path}/records.csv?after=per-2`]: csv(`${header}\r\nP-3,per-3,hours\r\n`),
    [`GET ${path}/records.csv?after=per-3`]: csv(`${header}\r\n`),
    [`GET ${path}/records?limit=200`]: { body: { items: [one('per-1')], next: 'more' } },
    [`GET ${path}/records?limit=200&after=more`]: { body: { items: [one('per-2')], next: null } },
  });
  const table = await record('export', 'pil-1');
  expect(table).toBe(`${header}\r\nP-1,per-1,hours\r\n,per-2,hours\r\nP-3,per-3,hours\r\n`);
  const lines = (await record('export', 'pil-1', '--json')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).personId)).toEqual(['per-1', 'per-2']);
});
