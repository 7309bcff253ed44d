import { bytesToHex } from '@noble/hashes/utils.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeArchive, signCheckpoint } from '../board/checkpoint.ts';
import { encodeReceipt } from '../board/receipt.ts';
import { canonicalJson, parseCanonical } from '../canonical.ts';
import { files } from '../publication/files.ts';
import type { Result } from '../publication/shapes.ts';
import {
  approve,
  boardCheckpoints,
  holdPoll,
  preparePoll,
  promiseOf,
  publicationOf,
  publish,
  standing,
  textBytes,
  withBitTurned,
} from './held-poll.fixture.ts';
import type { HeldPoll, Record } from './held-poll.fixture.ts';
import { certifiedVoter } from '../vote.fixture.ts';
import type { Voter } from '../vote.fixture.ts';
import { checkAllocation } from './checks/result.check.ts';
import { checkNames } from './report.ts';
import type { CheckName, Report } from './report.ts';
import { verify } from './verify.ts';

let poll: HeldPoll;
let record: Record;
let voters: Voter[];
beforeAll(async () => {
  poll = await preparePoll();
  ({ record, voters } = await holdPoll(poll));
});

type Files = Map<string, Uint8Array>;
const failedIn = ({ checks }: Report) =>
  checks.flatMap(({ name, state }) => (state === 'failed' ? [name] : []));
const foundIn = ({ checks }: Report) =>
  checks.flatMap(({ name, findings }) => findings.map(({ code, entry }) => `${name}: ${code} at ${entry}`));

describe('an honest poll', () => {
  it('passes every check', async () => {
    const report = await verify(publicationOf(publish(poll, record)));
    expect(foundIn(report)).toEqual([]);
    expect(report).toMatchObject({ holds: true, manifest: bytesToHex(poll.binding.m) });
    expect(report.checks.map(({ state }) => state)).toEqual(checkNames.map(() => 'passed'));
  });

  it('counts the last vote of each voter, the blank one, and says why one is rejected', () => {
    const result = parseCanonical(publish(poll, record).get(files.result)!) as NonNullable<Result>;
    expect(result).toMatchObject({ counted: 9, blank: 1, replaced: 1, selected: ['meals', 'racks'] });
    expect(result.rejected.map(({ reason }) => reason)).toEqual(['malformed']);
  });

  it('passes too when it reached no minimum and so was never opened', async () => {
    const strict = await preparePoll({ minima: { roll: 10, counted: 11 } });
    const held = await holdPoll(strict);
    const closed = publish(strict, { ...held.record, release: null });
    expect(foundIn(await verify(publicationOf(closed)))).toEqual([]);
  });
});

it('names a rule of allocation that it does not know', async () => {
  const { manifest } = poll.binding;
  const odd = { ...manifest, allocation: { rule: 'greedy' as const, budget: 1_000, favours: 'statue' } };
  const published = parseCanonical(publish(poll, record).get(files.result)!) as NonNullable<Result>;
  const found = checkAllocation(odd, { counted: [], rejected: new Map() }, [], published);
  expect(found).toEqual([{ code: 'rule-invalid', entry: 'manifest.json: allocation' }]);
});

describe('the checkpoint that a trustee kept when it released', () => {
  const kept = (files: Files) => {
    const note = new TextDecoder().decode(files.get('board.checkpoints')).split('\n%\n').at(-2)!;
    return new TextEncoder().encode(`${note}\n`);
  };
  const shown = async (released: Uint8Array, held = record) =>
    foundIn(await verify(publicationOf(publish(poll, held)), { released }));

  it('holds when the board is as it was', async () => {
    expect(await shown(kept(publish(poll, record)))).toEqual([]);
  });

  it('does not when somebody voted again after the ballots could be read', async () => {
    const late = await approve(poll, voters[0]!, 9, [3]);
    const held = { ...record, batches: [...record.batches, [late]] };
    expect(foundIn(await verify(publicationOf(publish(poll, held))))).toEqual([]);
    expect(await shown(kept(publish(poll, record)), held)).toEqual([
      'checkpoints: board-differs-from-released at the checkpoint of the release',
    ]);
  });

  it('has to be one', async () => {
    expect(await shown(textBytes('no note'))).toEqual([
      'checkpoints: note-malformed at the checkpoint of the release',
    ]);
  });
});

describe('a receipt', () => {
  const receiptOf = (leaf: Uint8Array, promise = promiseOf(poll, leaf)) =>
    encodeReceipt({ manifest: poll.binding.m, leaf, promise });
  const shown = async (receipt: Uint8Array, held = publish(poll, record)) => {
    const report = await verify(publicationOf(held), { receipt });
    return { outcome: report.receipt?.outcome, holds: report.holds, leaf: report.receipt?.leaf };
  };
  const placed = (leaf: Uint8Array) => record.batches.flat().indexOf(leaf) + 1;

  it('tells of each ballot of the board what became of it', async () => {
    const outcomes = await Promise.all(record.batches.flat().map((leaf) => shown(receiptOf(leaf))));
    expect(outcomes.map(({ leaf }) => leaf)).toEqual(record.batches.flat().map(placed));
    expect(outcomes.every(({ holds }) => holds)).toBe(true);
    const counts = Map.groupBy(outcomes, ({ outcome }) => outcome);
    expect([
      counts.get('counted')?.length,
      counts.get('replaced')?.length,
      counts.get('rejected')?.length,
    ]).toEqual([9, 1, 1]);
  });

  it('does not hold when the board lost the ballot', async () => {
    const leaf = await approve(poll, voters[0]!, 7, [1]);
    expect(await shown(receiptOf(leaf))).toMatchObject({ outcome: 'missing', holds: false });
  });

  it.each([
    ['whose promise is made up', () => receiptOf(record.batches[0]![0]!, new Uint8Array(64))],
    ['that is no receipt', () => textBytes('{}')],
  ])('is refused %s', async (_, make) => {
    expect(await shown(make())).toMatchObject({ outcome: 'invalid', holds: false });
  });
});

interface Fault {
  readonly check: CheckName;
  readonly fault: string;
  readonly finding: RegExp;
  /** Checks that fail as well, as the fault is one of theirs too. */
  readonly also?: readonly CheckName[];
  /** Spoils the poll before it is published, consistently. */
  readonly spoil?: () => Promise<Partial<Record>> | Partial<Record>;
  /** Spoils what was published. */
  readonly tamper?: (held: Files) => void;
}

const edit = (name: string, change: (value: never) => unknown) => (held: Files) =>
  void held.set(name, canonicalJson(change(parseCanonical(held.get(name)!) as never)));
const editResult = (change: (result: NonNullable<Result>) => Partial<NonNullable<Result>>) =>
  edit(files.result, (result: NonNullable<Result>) => ({ ...result, ...change(result) }));
const last = () => record.batches[1]!;
const withBatch = (leaf: Uint8Array) => ({ batches: [...record.batches, [leaf]] });

const faults: readonly Fault[] = [
  {
    check: 'manifest',
    fault: 'is not canonical',
    finding: /manifest-not-canonical at manifest.json/,
    tamper: (held) => held.set(files.manifest, Uint8Array.of(...held.get(files.manifest)!, 0x0a)),
  },
  {
    check: 'manifest',
    fault: 'is missing',
    finding: /file-missing at manifest.json/,
    tamper: (held) => void held.delete(files.manifest),
  },
  {
    check: 'rolls',
    fault: 'misses an entry',
    finding: /roll-size-differs at roll.auditor.bin/,
    also: [],
    tamper: (held) => {
      const issued = new Set(record.issued[1].map((one) => bytesToHex(one)));
      const roll = held.get(files.roll('auditor'))!;
      const at = [...Array(24).keys()].find(
        (place) => !issued.has(bytesToHex(roll.subarray(place * 32, place * 32 + 32))),
      )!;
      held.set(
        files.roll('auditor'),
        Uint8Array.of(...roll.subarray(0, at * 32), ...roll.subarray(at * 32 + 32)),
      );
    },
  },
  {
    check: 'board-root',
    fault: 'is that of one ballot less',
    finding: /size-differs at board.checkpoints#3/,
    tamper: (held) =>
      void held.set(
        files.boardCheckpoints,
        encodeArchive(
          boardCheckpoints(poll, { ...record, batches: [record.batches[0]!, last().slice(0, -1)] }),
        ),
      ),
  },
  {
    check: 'checkpoints',
    fault: 'show a board that never was',
    finding: /root-differs at board.checkpoints#2/,
    tamper: (held) => {
      const checkpoints = boardCheckpoints(poll, record);
      const { origin, size } = checkpoints[1]!;
      const forked = signCheckpoint({ origin, size, root: new Uint8Array(32) }, poll.boardKey.secretKey);
      held.set(
        files.boardCheckpoints,
        encodeArchive([checkpoints[0]!, standing(poll, forked), checkpoints[2]!]),
      );
    },
  },
  {
    check: 'checkpoints',
    fault: 'shrink',
    finding: /size-fell at board.checkpoints#3/,
    tamper: (held) => {
      const [first, second, third] = boardCheckpoints(poll, record);
      held.set(files.boardCheckpoints, encodeArchive([first!, second!, first!, third!]));
    },
  },
  {
    check: 'checkpoints',
    fault: 'enclose a batch that shows who came first',
    finding: /batch-unsorted at board.bin#/,
    spoil: () => ({ batches: [record.batches[0]!.toReversed(), last()] }),
  },
  {
    check: 'witnesses',
    fault: 'are too few',
    finding: /witnesses-too-few at board.checkpoints#2/,
    tamper: (held) => {
      const [first, second, third] = boardCheckpoints(poll, record);
      const { origin, size, root } = second!;
      const alone = standing(poll, signCheckpoint({ origin, size, root }, poll.boardKey.secretKey), {
        witnesses: 1,
      });
      held.set(files.boardCheckpoints, encodeArchive([first!, alone, third!]));
    },
  },
  ...(['first', 'second'] as const).map((which): Fault => ({
    check: 'certificates',
    fault: `has one that the ${which} issuer did not sign`,
    finding: new RegExp(`${which}-certificate-invalid at board.bin#`),
    spoil: async () => {
      const voter = await certifiedVoter(poll);
      const [first, second] = voter.certificates;
      const forged = (bytes: Uint8Array) => withBitTurned(bytes, -1);
      const certificates: Voter['certificates'] =
        which === 'first' ? [forged(first), second] : [first, forged(second)];
      return withBatch(await approve(poll, { ...voter, certificates }, 1, [3]));
    },
  })),
  {
    check: 'certificates',
    fault: 'has those of another voter',
    finding: /first-certificate-invalid at board.bin#/,
    spoil: async () => {
      const [thief, owner] = [await certifiedVoter(poll), voters[0]!];
      return withBatch(await approve(poll, { key: thief.key, certificates: owner.certificates }, 1, [3]));
    },
  },
  {
    check: 'signatures',
    fault: 'has one that does not hold',
    finding: /signature-invalid at board.bin#/,
    spoil: async () => withBatch(withBitTurned(await approve(poll, voters[0]!, 2, [3]), -1)),
  },
  {
    check: 'signatures',
    fault: 'has a leaf of another length',
    finding: /leaf-length-wrong at board.bin#12/,
    spoil: () => withBatch(Uint8Array.of(1, 2, 3)),
  },
  {
    check: 'sequences',
    fault: 'occur twice',
    finding: /sequence-repeated at board.bin#/,
    spoil: async () => withBatch(await approve(poll, voters[0]!, 1, [3])),
  },
  {
    check: 'issuances',
    fault: 'name an entry twice',
    finding: /entry-repeated at issuance.municipality.bin#11/,
    spoil: () => ({ issued: [[...record.issued[0], record.issued[0][0]!], record.issued[1]] }),
  },
  {
    check: 'issuances',
    fault: 'name somebody who is not on the roll',
    finding: /entry-not-on-roll at issuance.auditor.bin#11/,
    spoil: () => ({ issued: [record.issued[0], [...record.issued[1], new Uint8Array(32)]] }),
  },
  {
    check: 'numbers',
    fault: 'show more voters than one issuer certified',
    finding: /more-voters-than-certificates at issuance.auditor.bin/,
    spoil: () => ({ issued: [record.issued[0], record.issued[1].slice(1)] }),
  },
  {
    check: 'complaints',
    fault: 'show a promise that was not kept',
    finding: /promise-broken at complaints.json#1/,
    spoil: async () => {
      const leaf = await approve(poll, voters[0]!, 2, [3]);
      return { complaints: [{ leaf, promise: promiseOf(poll, leaf) }] };
    },
  },
  {
    check: 'key',
    fault: 'has a share that is not its trustee’s',
    finding: /share-wrong at release.json: trustee 3/,
    spoil: () => ({
      release: {
        seeds: [...poll.seeds],
        shares: [poll.shares[1]!, { index: 3, share: poll.shares[0]!.share }],
      },
    }),
  },
  {
    check: 'key',
    fault: 'has too few shares',
    finding: /shares-missing at release.json/,
    spoil: () => ({ release: { seeds: [...poll.seeds], shares: [poll.shares[0]!] } }),
  },
  {
    check: 'key',
    fault: 'was given for a board with fewer ballots',
    finding: /release-unsigned at release.json: trustee 2/,
    tamper: (held) => {
      const before = publish(poll, { ...record, batches: record.batches.slice(0, 1) });
      held.set(files.release, before.get(files.release)!);
    },
  },
  {
    check: 'key',
    fault: 'was withheld although the minima were reached',
    finding: /release-missing at release.json/,
    spoil: () => ({ release: null }),
  },
  {
    check: 'rejections',
    fault: 'keep quiet about one',
    finding: /rejection-missing at result.json: [0-9a-f]{64}/,
    tamper: editResult(() => ({ rejected: [] })),
  },
  {
    check: 'rejections',
    fault: 'give another reason',
    finding: /rejection-unfounded at result.json: [0-9a-f]{64}/,
    tamper: editResult(({ rejected }) => ({
      rejected: rejected.map((one) => ({ ...one, reason: 'not-opened' as const })),
    })),
  },
  {
    check: 'tally',
    fault: 'gives a project a vote more',
    finding: /tally-differs at result.json: statue/,
    tamper: editResult(({ tally }) => ({
      tally: {
        ...tally,
        options: tally.options.map((one) => (one.option === 'statue' ? { ...one, votes: 2 } : one)),
      } as typeof tally,
    })),
  },
  {
    check: 'tally',
    fault: 'counts a ballot more',
    finding: /number-differs at result.json: counted/,
    tamper: editResult(({ counted }) => ({ counted: counted + 1 })),
  },
  {
    check: 'lot',
    fault: 'has a seed that was chosen afterwards',
    finding: /seed-differs at release.json: seed of auditor/,
    spoil: () => ({
      release: {
        shares: poll.shares.slice(1).map((one) => ({ ...one })),
        seeds: [poll.seeds[0], '00'.repeat(32)],
      },
    }),
  },
  {
    check: 'allocation',
    fault: 'funds a project that lost',
    finding: /selection-differs at result.json: (meals|statue)/,
    tamper: editResult(() => ({ selected: ['racks', 'statue'] })),
  },
  {
    check: 'desks',
    fault: 'entered more papers than they certified',
    finding: /more-papers-than-certificates at desks.json: library/,
    spoil: () => ({ desks: [{ desk: 'library', issued: 1, entered: 2 }] }),
  },
];

describe('one fault', () => {
  it.each(faults)('$check $fault', async ({ check, finding, also = [], spoil, tamper }) => {
    const held = publish(poll, { ...record, ...(await spoil?.()) });
    tamper?.(held);
    const report = await verify(publicationOf(held));
    expect(report.holds).toBe(false);
    expect(
      foundIn(report)
        .filter((one) => one.startsWith(`${check}: `))
        .join('\n'),
    ).toMatch(finding);
    expect(failedIn(report).toSorted()).toEqual([check, ...also].toSorted());
  });

  it('is planted for every check', () => {
    expect(new Set(faults.map(({ check }) => check))).toEqual(new Set(checkNames));
  });
});
