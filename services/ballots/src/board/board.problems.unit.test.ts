import { LogError } from '@talkoot/witnessed-log';
import type { LogErrorCode } from '@talkoot/witnessed-log';
import { expect, it } from 'vitest';
import { boardProblems } from './board.problems.ts';

const failing = (error: Error) =>
  boardProblems('witnesses-silent', async () => {
    throw error;
  });

it.each<[LogErrorCode, string, string | undefined]>([
  ['witnesses-silent', 'witnesses-silent', undefined],
  ['behind', 'board-not-current', 'behind'],
  ['forked', 'board-not-current', 'forked'],
  ['damaged', 'board-not-current', 'damaged'],
])(
  'a log that is %s is told by its code, and the log of the service keeps why',
  async (code, told, detail) => {
    const cause = new LogError(code, 'ballots.test/lintula/pol-1, 4 leaves: as first shows');
    await expect(failing(cause)).rejects.toMatchObject({ code: told, detail, cause });
  },
);

it('an error of the program stays what it is', async () => {
  const unforeseen = new LogError('append-too-large', '70000 leaves at once');
  await expect(failing(unforeseen)).rejects.toBe(unforeseen);
  await expect(failing(new TypeError('x'))).rejects.toThrow(TypeError);
});
