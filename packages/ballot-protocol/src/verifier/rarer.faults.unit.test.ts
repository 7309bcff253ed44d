import { bytesToHex } from '@noble/hashes/utils.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { compareBytes } from '../bytes.order.ts';
import { canonicalJson, parseCanonical } from '../canonical.ts';
import { files } from '../publication/files.ts';
import type { Result } from '../publication/shapes.ts';
import { holdPoll, preparePoll, publicationOf, publish, textBytes } from './held-poll.fixture.ts';
import type { HeldPoll, Record } from './held-poll.fixture.ts';
import type { ArchivedCheckpoint } from './archive.reading.ts';
import { checkWindows } from './checks/windows.check.ts';
import { verify } from './verify.ts';

let poll: HeldPoll;
let record: Record;
beforeAll(async () => {
  poll = await preparePoll();
  ({ record } = await holdPoll(poll));
});

type Files = Map<string, Uint8Array>;
async function found(held: Files): Promise<string[]> {
  const { holds, checks } = await verify(publicationOf(held));
  expect(holds).toBe(false);
  return checks.flatMap(({ name, findings }) =>
    findings.map(({ code, entry }) => `${name}: ${code} at ${entry}`),
  );
}
const changed = (name: string, change: (bytes: Uint8Array) => Uint8Array): Files => {
  const held = publish(poll, record);
  return held.set(name, change(held.get(name)!));
};
const resultWith = (change: (result: NonNullable<Result>) => Result) =>
  changed(files.result, (bytes) => canonicalJson(change(parseCanonical(bytes) as NonNullable<Result>)));

describe('the verifier names also', () => {
  it('a roll of the right size that is another', async () => {
    const issued = new Set(record.issued[1].map((one) => bytesToHex(one)));
    const held = changed(files.roll('auditor'), (bytes) => {
      const roll = bytes.slice();
      const places = [...Array(24).keys()].map((place) => place * 32);
      const free = places.find((at) => !issued.has(bytesToHex(roll.subarray(at, at + 32))))!;
      roll[free + 31]! ^= 1;
      return roll;
    });
    expect(await found(held)).toEqual(['rolls: roll-hash-differs at roll.auditor.bin']);
  });

  it('half an entry at the end of a log', async () => {
    const held = changed(files.issuance('auditor'), (bytes) => bytes.subarray(0, -1));
    expect(await found(held)).toContain('issuances: entry-malformed at issuance.auditor.bin#10');
  });

  it('an issuer that certified more than its roll has', async () => {
    const twice = [...poll.rolls[0], poll.rolls[0][0]!].toSorted(compareBytes);
    const again = twice.findIndex((entry, at) => compareBytes(entry, twice[at + 1]!) === 0) + 2;
    expect(await found(publish(poll, { ...record, issued: [twice, record.issued[1]] }))).toEqual([
      `issuances: entry-repeated at issuance.municipality.bin#${again}`,
      'numbers: more-certificates-than-entries at issuance.municipality.bin',
    ]);
  });

  it('a desk that is listed twice, and desks with more papers than there are ballots', async () => {
    const desk = { desk: 'library', issued: 1, entered: 1 };
    expect(await found(publish(poll, { ...record, desks: [desk, desk] }))).toEqual([
      'desks: desk-repeated at desks.json: library',
    ]);
    const busy = [{ desk: 'library', issued: 500, entered: 400 }];
    expect(await found(publish(poll, { ...record, desks: busy }))).toEqual([
      'desks: more-papers-than-ballots at desks.json',
    ]);
  });

  it.each([files.complaints, files.desks, files.closing, files.release, files.result])(
    'a file that is JSON of another shape: %s',
    async (name) => {
      expect((await found(changed(name, () => textBytes('{}')))).join('\n')).toMatch(
        new RegExp(`: (file|closing|receipt)-malformed at ${name}`),
      );
    },
  );

  it('a rejection that is listed twice', async () => {
    const held = resultWith(({ rejected, ...result }) => ({
      ...result,
      rejected: [...rejected, ...rejected],
    }));
    expect(await found(held)).toEqual(['rejections: rejections-unordered at result.json']);
  });

  it('a key that was released although too few people could vote', async () => {
    const small = await preparePoll({ minima: { roll: 25, counted: 5 } });
    expect(await found(publish(small, (await holdPoll(small)).record))).toEqual([
      'key: released-below-minimum at release.json',
    ]);
  });

  it('a key that was released although too few people voted', async () => {
    const strict = await preparePoll({ minima: { roll: 10, counted: 11 } });
    expect(await found(publish(strict, (await holdPoll(strict)).record))).toEqual([
      'key: released-below-minimum at release.json',
    ]);
  });

  it('a poll that was released and has no result', async () => {
    expect(await found(changed(files.result, () => canonicalJson(null)))).toEqual([
      'tally: result-missing at result.json',
    ]);
  });

  it('a result of a poll that was never opened', async () => {
    const strict = await preparePoll({ minima: { roll: 10, counted: 11 } });
    const held = publish(strict, { ...(await holdPoll(strict)).record, release: null });
    held.set(files.result, publish(poll, record).get(files.result)!);
    expect(await found(held)).toEqual(['tally: result-without-release at result.json']);
  });

  it('a single ballot that was on the board before it opened, and not the manifest alone', () => {
    const { manifest } = poll.binding;
    const time = Date.parse(manifest.windows!.opens) / 1_000 - 61;
    const early = (size: number) =>
      checkWindows(manifest, [
        { size, time } as ArchivedCheckpoint,
        { size: 3, time: 2e10 } as ArchivedCheckpoint,
      ]);
    expect(early(2)).toEqual([{ code: 'before-opening', entry: 'board.checkpoints#1' }]);
    expect(early(1)).toEqual([]);
  });
});
