import { afterAll, beforeAll, describe } from 'vitest';
import { startPlayedSystem } from '../running-system.ts';
import type { RunningSystem } from '../running-system.ts';
import { fuzzRules } from './fuzz.rules.ts';

/** For each service and each caller; TALKOOT_FUZZ_SECONDS sets another time. */
const seconds = Number(process.env['TALKOOT_FUZZ_SECONDS'] ?? 600);

let running: RunningSystem;
beforeAll(async () => {
  running = await startPlayedSystem();
});
afterAll(() => running?.stop());

describe('OpenAPI documents, at length', () => {
  fuzzRules(() => running, {
    'who holds every role': { seconds },
    'a resident': { seconds },
    nobody: { seconds },
  });
});
