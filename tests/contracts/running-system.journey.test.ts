import { afterAll, beforeAll, describe } from 'vitest';
import { accessRules } from './access/access.rules.ts';
import { badInputRules } from './bad-input.rules.ts';
import { eventRules } from './events.rules.ts';
import { fuzzRules } from './fuzz/fuzz.rules.ts';
import { personalDataRules } from './personal-data/personal-data.rules.ts';
import { startPlayedSystem } from './running-system.ts';
import type { RunningSystem } from './running-system.ts';
import { readinessRules } from './telemetry/readiness.rules.ts';
import { telemetryRules } from './telemetry/telemetry.rules.ts';
import { unlinkabilityRules } from './unlinkability/unlinkability.rules.ts';

// One stack and one pilot for all of it, in this order: what looks comes before what touches.
let running: RunningSystem;
beforeAll(async () => {
  running = await startPlayedSystem();
});
afterAll(() => running?.stop());
const system = () => running;

describe('events as consumers see them', () => {
  eventRules(system);
});
describe('traces, logs and probes', () => {
  telemetryRules(system);
});
describe('personal data', () => {
  personalDataRules(system);
});
describe('unlinkability', () => {
  unlinkabilityRules(system);
});
describe('access', () => {
  accessRules(system);
});
describe('bad input', () => {
  badInputRules(system);
});
describe('OpenAPI documents', () => {
  fuzzRules(system, { 'who holds every role': { examples: 2, seed: 1 } });
});
describe('readiness', () => {
  readinessRules(system);
});
