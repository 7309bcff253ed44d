export * from './commands.ts';
export * from './facts.ts';
export * from './lifecycle.ts';
export * from './phases.ts';
export * from './poll.course.ts';
export * from './poll.words.ts';
export * from './waits.ts';
