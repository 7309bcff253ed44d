export { sharedFile } from './pabulib.fixture.ts';
export { comparedRules, equalShares } from './rules.fixture.ts';
export { allocateSlowly } from './reference.fixture.ts';
