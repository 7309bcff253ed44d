import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeArchive, signCheckpoint } from '../board/checkpoint.ts';
import { cosignNote } from '../board/note.key.ts';
import type { SealedSeed } from '../manifest/manifest.shape.ts';
import { readManifest, writeManifest } from '../manifest/manifest.read.ts';
import { PublicationError } from '../publication/publication.errors.ts';
import type { SignedCheckpoint } from '../board/checkpoint.ts';
import { encodeComplaints, encodeReceipt } from '../board/receipt.ts';
import { closingRecord } from '../board/closing.record.ts';
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

const seconds = (instant: string) => Date.parse(instant) / 1_000;
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

describe('a seed of the lot', () => {
  /** A poll whose second issuer put something into the manifest that is no seed. */
  const illSealed = (ill: Partial<SealedSeed>): HeldPoll => {
    const { manifest } = poll.binding;
    const [first, second] = manifest.lot;
    const manifestBytes = writeManifest({ ...manifest, lot: [first, { ...second, ...ill }] });
    return { ...poll, manifestBytes, binding: readManifest(manifestBytes) };
  };

  it.each([
    ['does not open', { sealed: '04'.repeat(113) }],
    ['is bound to another commitment', { commitment: 'ab'.repeat(32) }],
  ])('that %s is published as none, and everybody counts alike', async (_, ill) => {
    const odd = illSealed(ill);
    const published = publish(odd, (await holdPoll(odd)).record);
    const { seeds } = parseCanonical(published.get(files.result)!) as NonNullable<Result>;
    expect(seeds).toEqual([odd.seeds[0], null]);
    expect(foundIn(await verify(publicationOf(published)))).toEqual([]);
  });
});

describe('the time of a checkpoint', () => {
  const atTimes = async (place: number, ...times: string[]) => {
    const held = publish(poll, record);
    const checkpoints = boardCheckpoints(poll, record);
    const { note, ...checkpoint } = checkpoints[place]!;
    const cosigned = poll.witnessKeys.flatMap(({ name, key }, at) =>
      times[at] ? [cosignNote(note.text, name, key.secretKey, seconds(times[at]))] : [],
    );
    const changed = { ...checkpoint, note: { ...note, signatures: [note.signatures[0]!, ...cosigned] } };
    held.set(files.boardCheckpoints, encodeArchive(checkpoints.with(place, changed)));
    return foundIn(await verify(publicationOf(held)));
  };
  const [early, late] = ['2026-05-01T08:58:59Z', '2026-05-02T09:00:00Z'];
  const beforeOpening = ['windows: before-opening at board.checkpoints#2'];

  it('is that of the witness in the middle, the earlier one of two: no single clock decides', async () => {
    expect(await atTimes(1, early, late, late)).toEqual([]);
    expect(await atTimes(1, early, early, late)).toEqual(beforeOpening);
    expect(await atTimes(1, late, early)).toEqual(beforeOpening);
    expect(await atTimes(1, late, late)).toEqual([]);
  });

  it('may be a minute before the window, as clocks differ', async () => {
    const minuteBefore = '2026-05-01T08:59:00Z';
    expect(await atTimes(1, minuteBefore, minuteBefore)).toEqual([]);
    const [complaintsClose, before] = ['2026-05-17T18:29:00Z', '2026-05-17T18:28:59Z'];
    expect(await atTimes(3, complaintsClose, complaintsClose)).toEqual([]);
    expect(await atTimes(3, before, before)).toEqual([
      'windows: before-complaints-closed at board.checkpoints#4',
    ]);
  });

  it('may be any before there are ballots', async () => {
    expect(await atTimes(0, '2020-01-01T00:00:00Z', '2020-01-01T00:00:00Z')).toEqual([]);
  });

  it('means nothing where authorised acts end the phases', async () => {
    const rehearsal = await preparePoll({ windows: null });
    const held = await holdPoll(rehearsal);
    const moments = { batches: 1, closing: 1 };
    expect(foundIn(await verify(publicationOf(publish(rehearsal, { ...held.record, moments }))))).toEqual([]);
  });
});

it('names a rule of allocation that it does not know', async () => {
  const { manifest } = poll.binding;
  const odd = { ...manifest, allocation: { rule: 'greedy' as const, budget: 1_000, favours: 'statue' } };
  const published = parseCanonical(publish(poll, record).get(files.result)!) as NonNullable<Result>;
  const found = checkAllocation(odd, { ballots: [], rejected: new Map() }, [], published);
  expect(found).toEqual([{ code: 'rule-invalid', entry: 'manifest.json: allocation' }]);
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

  it('leads nowhere where the board cannot be read', async () => {
    const held = publish(poll, record);
    held.delete(files.board);
    const shown = { outcome: 'unknown', holds: false };
    const report = await verify(publicationOf(held), { receipt: receiptOf(record.batches[0]![0]!) });
    expect({ outcome: report.receipt?.outcome, holds: report.holds }).toEqual(shown);
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
/** A closing record of this poll, or of another. */
const closingOf = ({ m = poll.binding.m } = {}) =>
  closingRecord(m, encodeComplaints(record.complaints), canonicalJson(record.desks));
const withBatch = (leaf: Uint8Array) => ({ batches: [...record.batches, [leaf]] });

/** The archive of checkpoints with one of them changed. */
const withCheckpoint =
  (place: number, change: (honest: SignedCheckpoint) => SignedCheckpoint) => (held: Files) => {
    const checkpoints = boardCheckpoints(poll, record);
    held.set(files.boardCheckpoints, encodeArchive(checkpoints.with(place, change(checkpoints[place]!))));
  };
/** A checkpoint of another root that the board and all witnesses signed. */
const forked = ({ origin, size }: SignedCheckpoint, time?: number) =>
  standing(
    poll,
    signCheckpoint({ origin, size, root: new Uint8Array(32) }, poll.boardKey.secretKey),
    time === undefined ? {} : { time },
  );
/** One file that is not there. */
const missing = (check: CheckName, name: string): Fault => ({
  check,
  fault: `has no ${name}`,
  finding: new RegExp(`file-missing at ${name}`),
  tamper: (held) => void held.delete(name),
});

const faults: readonly Fault[] = [
  missing('manifest', files.manifest),
  missing('rolls', files.roll('auditor')),
  missing('board-root', files.board),
  missing('checkpoints', files.boardCheckpoints),
  missing('issuances', files.issuance('municipality')),
  missing('issuances', files.issuanceCheckpoints('auditor')),
  missing('complaints', files.complaints),
  missing('closing', files.closing),
  missing('key', files.release),
  missing('tally', files.result),
  missing('desks', files.desks),
  {
    check: 'manifest',
    fault: 'is not canonical',
    finding: /manifest-not-canonical at manifest.json/,
    tamper: (held) => held.set(files.manifest, Uint8Array.of(...held.get(files.manifest)!, 0x0a)),
  },
  {
    check: 'rolls',
    fault: 'misses an entry',
    finding: /roll-size-differs at roll.auditor.bin/,
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
    fault: 'is another',
    finding: /root-differs at board.checkpoints#4/,
    tamper: withCheckpoint(3, (honest) => forked(honest, seconds('2026-05-18T09:00:00Z'))),
  },
  {
    check: 'board-root',
    fault: 'leaves a ballot out that is published',
    finding: /board-too-long at board.bin$/m,
    tamper: (held) => held.set(files.board, concatBytes(held.get(files.board)!, last()[0]!)),
  },
  {
    check: 'board-root',
    fault: 'is over a ballot that is not published',
    finding: /size-differs at board.checkpoints#5/,
    // It is missed where its batch ended, and where it counts.
    also: ['checkpoints', 'tally'],
    spoil: async () => withBatch(await approve(poll, await certifiedVoter(poll), 1, [3])),
    tamper: (held) => held.set(files.board, held.get(files.board)!.subarray(0, -last()[0]!.length)),
  },
  {
    check: 'checkpoints',
    fault: 'show a board that never was',
    finding: /root-differs at board.checkpoints#2/,
    tamper: withCheckpoint(1, (honest) => forked(honest)),
  },
  {
    check: 'checkpoints',
    fault: 'shrink',
    finding: /size-fell at board.checkpoints#3/,
    tamper: (held) => {
      const [first, second, ...rest] = boardCheckpoints(poll, record);
      held.set(files.boardCheckpoints, encodeArchive([first!, second!, first!, ...rest]));
    },
  },
  {
    check: 'checkpoints',
    fault: 'break off',
    finding: /archive-malformed at board.checkpoints/,
    tamper: (held) => held.set(files.boardCheckpoints, held.get(files.boardCheckpoints)!.subarray(0, -2)),
  },
  {
    check: 'checkpoints',
    fault: 'are none',
    finding: /checkpoints-missing at board.checkpoints/,
    tamper: (held) => held.set(files.boardCheckpoints, new Uint8Array()),
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
    tamper: withCheckpoint(1, ({ origin, size, root }) =>
      standing(poll, signCheckpoint({ origin, size, root }, poll.boardKey.secretKey), { witnesses: 1 }),
    ),
  },
  {
    check: 'windows',
    fault: 'had not opened when there were ballots',
    finding: /before-opening at board.checkpoints#2/,
    spoil: () => ({
      moments: { batches: seconds('2026-05-01T08:58:59Z'), closing: seconds('2026-05-18T09:00:00Z') },
    }),
  },
  {
    check: 'windows',
    fault: 'still let people complain when the board was closed',
    finding: /before-complaints-closed at board.checkpoints#4/,
    spoil: () => ({
      moments: { batches: seconds('2026-05-02T12:00:00Z'), closing: seconds('2026-05-17T18:28:59Z') },
    }),
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
    finding: /entry-repeated at issuance.municipality.bin#2/,
    spoil: () => ({ issued: [[record.issued[0][0]!, ...record.issued[0]], record.issued[1]] }),
  },
  {
    check: 'issuances',
    fault: 'name somebody who is not on the roll',
    finding: /entry-not-on-roll at issuance.auditor.bin#1/,
    spoil: () => ({ issued: [record.issued[0], [new Uint8Array(32), ...record.issued[1]]] }),
  },
  {
    check: 'issuances',
    fault: 'show who was certified first',
    finding: /batch-unsorted at issuance.auditor.bin#2/,
    spoil: () => ({ issued: [record.issued[0], record.issued[1].toReversed()] }),
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
    check: 'closing',
    fault: 'is of another poll',
    finding: /manifest-differs at closing.json/,
    spoil: () => ({ closing: closingOf({ m: new Uint8Array(32) }) }),
  },
  {
    check: 'closing',
    fault: 'is none',
    finding: /closing-malformed at closing.json/,
    spoil: () => ({ closing: canonicalJson({ protocol: 'talkoot-closing-v1' }) }),
  },
  {
    check: 'closing',
    fault: 'knew of a complaint that was taken out',
    finding: /hash-differs at complaints.json/,
    tamper: (held) => held.set(files.complaints, canonicalJson([])),
  },
  {
    check: 'closing',
    fault: 'knew of a desk that was made smaller',
    finding: /hash-differs at desks.json/,
    tamper: (held) => held.set(files.desks, canonicalJson([{ desk: 'library', entered: 0, issued: 0 }])),
  },
  {
    check: 'key',
    fault: 'has a share that is not its trustee’s',
    finding: /share-wrong at release.json: trustee 3/,
    spoil: () => ({
      release: { shares: [poll.shares[1]!, { index: 3, share: poll.shares[0]!.share }] },
    }),
  },
  {
    check: 'key',
    fault: 'has too few shares',
    finding: /shares-missing at release.json/,
    spoil: () => ({ release: { shares: [poll.shares[0]!] } }),
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
    finding: /seed-differs at result.json: seed of auditor/,
    tamper: editResult(({ seeds }) => ({ seeds: [seeds[0], '00'.repeat(32)] })),
  },
  {
    check: 'lot',
    fault: 'hides a seed that opens',
    finding: /seed-differs at result.json: seed of municipality/,
    tamper: editResult(({ seeds }) => ({ seeds: [null, seeds[1]] })),
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

  const onTheBoard = [
    'board-root',
    'checkpoints',
    'certificates',
    'signatures',
    'sequences',
    'numbers',
    'complaints',
    'closing',
    'key',
    'rejections',
    'tally',
    'lot',
    'allocation',
    'desks',
  ] as const;
  it.each([
    [files.board, onTheBoard],
    [files.boardCheckpoints, [...onTheBoard, 'witnesses', 'windows']],
    [files.roll('auditor'), ['rolls', 'issuances']],
    [files.issuance('auditor'), ['issuances', 'numbers']],
    [files.complaints, ['complaints', 'closing']],
    [files.desks, ['closing', 'desks']],
    [files.closing, ['board-root', 'closing', 'key']],
    [files.release, ['key', 'rejections', 'tally', 'lot', 'allocation']],
    [files.result, ['rejections', 'tally', 'lot', 'allocation']],
  ] as const)('lets no check pass that needs the file that is missing: %s', async (name, unknown) => {
    const held = publish(poll, record);
    held.delete(name);
    const { checks } = await verify(publicationOf(held));
    const notPassed = checks.flatMap(({ name, state }) => (state === 'passed' ? [] : [name]));
    expect(notPassed.toSorted()).toEqual([...unknown].toSorted());
  });

  it.each([
    [files.manifest, 'manifest: file-too-large at manifest.json'],
    [files.roll('auditor'), 'rolls: file-too-large at roll.auditor.bin'],
    [files.issuance('auditor'), 'issuances: log-too-long at issuance.auditor.bin'],
    [files.issuanceCheckpoints('auditor'), 'issuances: archive-malformed at issuance.auditor.checkpoints'],
    [files.board, 'board-root: board-too-long at board.bin'],
    [files.boardCheckpoints, 'checkpoints: archive-malformed at board.checkpoints'],
    [files.complaints, 'complaints: file-too-large at complaints.json'],
    [files.closing, 'closing: file-too-large at closing.json'],
    [files.release, 'key: file-too-large at release.json'],
    [files.desks, 'desks: file-too-large at desks.json'],
    [files.result, 'tally: file-too-large at result.json'],
  ])('is told of a file without end: %s', async (name, finding) => {
    const honest = publicationOf(publish(poll, record));
    const endless = async function* () {
      yield* honest.stream(name);
      for (;;) yield new Uint8Array(1 << 16).fill(0x20);
    };
    const report = await verify({ stream: (asked) => (asked === name ? endless() : honest.stream(asked)) });
    expect(foundIn(report)).toEqual([finding]);
  });

  it('fails only where a file is there and cannot be read', async () => {
    const honest = publicationOf(publish(poll, record));
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(1);
      throw new PublicationError('file-unreadable', 'the disk is broken');
    };
    for (const name of publish(poll, record).keys()) {
      const verified = verify({ stream: (asked) => (asked === name ? broken() : honest.stream(asked)) });
      await expect(verified).rejects.toMatchObject({ code: 'file-unreadable' });
    }
  });

  it('is planted for every check', () => {
    expect(new Set(faults.map(({ check }) => check))).toEqual(new Set(checkNames));
  });
});
