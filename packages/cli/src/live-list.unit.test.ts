import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createLiveList } from './live-list.ts';

function terminal() {
  const stream = new PassThrough();
  return Object.assign(stream, {
    isTTY: true,
    columns: 80,
    rows: 24,
    shown: () => stripVTControlCharacters(String(stream.read() ?? '')),
  }) as unknown as NodeJS.WriteStream & { shown(): string };
}

test('what begins after everything else was done is shown', () => {
  const screen = terminal();
  const list = createLiveList(screen);
  list.update('program', 'ready', true);
  screen.shown();
  list.update('service', 'starting', false);
  expect(screen.shown()).toMatch(/. service: starting/);
  list.close();
});

test('a closed list stays as it is', () => {
  const screen = terminal();
  const list = createLiveList(screen);
  list.update('service', 'ready', true);
  list.close();
  screen.shown();
  list.update('service', 'stopped', true);
  expect(screen.shown()).toBe('');
});
