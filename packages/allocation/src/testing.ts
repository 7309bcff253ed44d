export { sharedFile } from './pabulib.fixture.ts';
export { allocateSlowly } from './reference.fixture.ts';
