import { rule } from '../../identity/src/resident/resident.ts';

export const poll = rule;
