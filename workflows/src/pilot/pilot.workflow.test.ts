import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startEngine } from '../../test/engine.ts';
import type { Engine } from '../../test/engine.ts';
import { euros, sha } from '../../test/town.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterEach(() => engine.replayAll());
afterAll(() => engine.stop());

const reason = { id: 'txt-1', sha256: sha('reason') };

test('a pilot goes from its sponsor to its evaluation', async () => {
  const pilot = await engine.start('pilot');
  await pilot.decide('sponsor', 'sponsor', { charterSha256: sha('charter') });
  await pilot.decide('request-permission', 'sponsor', { charterSha256: sha('charter') });
  const permit = {
    charterSha256: sha('charter'),
    limit: euros(100_000),
    expiresAt: '2040-01-01T00:00:00.000Z',
    fiscalYear: 2027,
  };
  await pilot.decide('permit', 'budget-authority', permit);
  await pilot.reached('rounds-opened');
  console.log(await pilot.details());
  await pilot.decide('end-rounds', 'sponsor', {});
  await pilot.decide('conclude', 'sponsor', { report: reason });
  console.log(await pilot.result(), pilot.steps, engine.town.calls);
});
