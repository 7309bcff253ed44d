import {
  castMessage,
  decodeLeaf,
  encodeLeaf,
  newSigningKey,
  sign,
  unsignedLeaf,
} from '@talkoot/ballot-protocol';
import { leafHash } from '@talkoot/ballot-protocol/node';
import { folderPublication, verify } from '@talkoot/ballot-protocol/verifier';
import { personNumber } from '@talkoot/local-stack';
import { execFile } from 'node:child_process';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inDatabase } from './databases.ts';
import { HeldPoll, hex, leafOf } from './sealed-poll/sealed-poll.fixture.ts';
import type { Device } from './sealed-poll/sealed-poll.fixture.ts';
import { issuers, signInAt, startSealedSystem, withResidents } from './sealed-poll/sealed-system.fixture.ts';
import type { Issuer, SealedSystem } from './sealed-poll/sealed-system.fixture.ts';
import { stringsIn, wordsIn, wordsOfFiles } from './sealed-poll/stored-values.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../../packages/cli/src/talkoot.ts', import.meta.url));
const names = Array.from({ length: 12 }, (_, index) => `voter-${index}`);

let system: SealedSystem;
let poll: HeldPoll;
let other: HeldPoll;
let people: Record<Issuer, string[]>;
let folder: string;

interface CastLeaf {
  readonly voter: number;
  readonly leaf: Uint8Array<ArrayBuffer>;
  readonly promise: string;
}
const devices = new Map<number, Device>();
const cast: CastLeaf[] = [];

beforeAll(async () => {
  system = await startSealedSystem();
  people = await withResidents(system, names);
  poll = new HeldPoll(system, 'pol-secret');
  other = new HeldPoll(system, 'pol-other');
});
afterAll(() => system?.stop());

async function sessionsOf(name: string): Promise<Record<Issuer, string>> {
  const [ours, theirs] = [await signInAt(system, 'identity', name), await signInAt(system, 'auditor', name)];
  return { identity: ours.token, auditor: theirs.token };
}

async function castBy(voter: number, leaf: Uint8Array<ArrayBuffer>): Promise<void> {
  const { leafHash: hash, promise } = await poll.cast(leaf);
  expect(hash).toBe(hex(leafHash(leaf)));
  cast.push({ voter, leaf, promise });
}

const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code });

describe('before the vote', () => {
  it('freezes two rolls without those who gain, and asks the trustees for a key', async () => {
    await poll.prepare();
    const { ours, theirs, roll, enough } = await poll.freezeRolls([people.identity[0]!]);
    expect([ours.roll, theirs.roll, roll, enough]).toEqual([11, 11, 11, true]);
    expect([ours.excluded, theirs.excluded]).toEqual([1, 1]);
    const { awaited } = await system.ballots.getKeyCeremony({ params: poll.params });
    expect(awaited).toBe('round1');
  });

  it('issues nothing and takes nothing before the key is made', async () => {
    const { identity } = await sessionsOf(names[1]!);
    const body = { blinded: 'ab'.repeat(256) };
    await refused(
      system.identity(identity).issueCertificate({ params: poll.params, body }),
      'certificates-not-open',
    );
    await refused(poll.cast(new Uint8Array(900)), 'poll-not-open');
    const seed = { commitment: 'ab'.repeat(32), sealed: 'ab'.repeat(113) };
    const manifest = system.worker.ballots.publishManifest({
      params: { pollId: poll.pollId },
      body: { windows: null, lot: [seed, seed], questionSha256: 'ab'.repeat(32) },
    });
    await refused(manifest, 'key-not-made');
  });

  it('is opened with the key that three trustees made', async () => {
    await poll.makeKey();
    await poll.open();
    await other.begin();
    expect(poll.binding.manifest).toMatchObject({ poll: 'pol-secret', key: { threshold: 2 } });
    expect((await system.ballots.getPoll({ params: poll.params })).manifestSha256).toBe(hex(poll.binding.m));
  });
});

describe('while it is open', () => {
  it('lets residents sign in to both issuers, get a certificate of each, and cast without signing in', async () => {
    for (const [voter, name] of names.entries()) {
      const tokens = await sessionsOf(name);
      if (voter === 0) {
        await refused(poll.device(tokens), 'not-on-roll');
        continue;
      }
      const device = await poll.device(tokens);
      devices.set(voter, device);
      // The last one copies what the first one sealed.
      if (voter === names.length - 1) await castBy(voter, copyOf(cast[0]!.leaf, device));
      else await castBy(voter, await device.leaf(voter % 3 === 0 ? [0] : [1]));
    }
  });

  it('lets them vote again', async () => {
    for (const voter of [4, 8]) await castBy(voter, await devices.get(voter)!.leaf([0, 1], 2));
    // And changes nothing when the first one comes again.
    const [first] = cast.filter(({ voter }) => voter === 4);
    expect((await poll.cast(first!.leaf)).promise).toBe(first!.promise);
  });

  it('gives nobody a second certificate, and the same answer to the same question', async () => {
    const tokens = await sessionsOf(names[2]!);
    await refused(
      poll.certificate('identity', tokens.identity, newSigningKey().publicKey),
      'certificate-already-issued',
    );
    await refused(
      poll.certificate('auditor', tokens.auditor, newSigningKey().publicKey),
      'certificate-already-issued',
    );
    for (const issuer of issuers) {
      const state = await system[issuer](tokens[issuer]).getCertificateState({ params: poll.params });
      expect(state).toMatchObject({ onRoll: true, issued: true });
    }
  });

  it('lets no token of one issuer open the other', async () => {
    const tokens = await sessionsOf(names[1]!);
    const refusals = [
      system.auditor(tokens.identity).getMe({}),
      system.identity(tokens.auditor).getMe({}),
      system.auditor(tokens.identity).getCertificateState({ params: poll.params }),
    ];
    await Promise.all(refusals.map((one) => refused(one, 'unauthenticated')));
  });

  it('refuses every ballot that is not of this poll, this key and both issuers', async () => {
    const [mine, theirs] = [devices.get(1)!, devices.get(2)!];
    const [first, second] = mine.certificates;
    const made = (changes: Partial<Device>, binding = poll.binding, sequence = 9) =>
      leafOf(binding, { ...mine, ...changes }, [0], sequence);
    const elsewhere = await other.device(await sessionsOf(names[1]!));
    const good = await made({});
    const forged = Uint8Array.from(good);
    forged[forged.length - 1]! ^= 1;
    const replayed = Uint8Array.from(good);
    replayed[32 + 2 * 288 + 3] = 10;
    const leaves: [leaf: Uint8Array<ArrayBuffer>, code: string][] = [
      [await made({ certificates: [first, first] }), 'second-certificate-invalid'],
      [await made({ certificates: [second, second] }), 'first-certificate-invalid'],
      [await made({ certificates: [second, first] }), 'first-certificate-invalid'],
      [await made({ certificates: theirs.certificates }), 'first-certificate-invalid'],
      [await made({ key: newSigningKey() }), 'first-certificate-invalid'],
      [await made({ certificates: elsewhere.certificates }), 'first-certificate-invalid'],
      [await elsewhere.leaf([0]), 'first-certificate-invalid'],
      [await made({}, other.binding), 'signature-invalid'],
      [forged, 'signature-invalid'],
      [replayed, 'signature-invalid'],
      [await made({}, poll.binding, 51), 'sequence-out-of-range'],
      [await made({}, poll.binding, 1), 'sequence-already-used'],
      [good.slice(0, -1), 'leaf-malformed'],
      [Uint8Array.from([...good, 0]), 'leaf-malformed'],
    ];
    for (const [leaf, code] of leaves) await refused(poll.cast(leaf), code);
    expect(await storedLeaves()).toBe(cast.length);
  });
});

describe('after the vote', () => {
  let lost: CastLeaf;

  it('issues no certificate any more while whoever has one may still cast', async () => {
    expect(await poll.closeCertificates()).toEqual([11, 11]);
    const tokens = await sessionsOf(names[3]!);
    const refusals = issuers.map((issuer) =>
      poll.certificate(issuer, tokens[issuer], newSigningKey().publicKey),
    );
    await Promise.all(refusals.map((one) => refused(one, 'certificates-closed')));
    await castBy(9, await devices.get(9)!.leaf([0], 2));
  });

  it('takes no ballot any more once casting is over', async () => {
    // Somebody at the board loses a ballot that was promised and waits.
    lost = await loseOne();
    expect(await poll.closeCasting()).toBe(cast.length - 1);
    await refused(poll.cast(await devices.get(5)!.leaf([0], 7)), 'poll-closed');
    const kept = cast.find((one) => one !== lost)!;
    expect((await poll.cast(kept.leaf)).promise).toBe(kept.promise);
  });

  it('honours a promise that was broken, by the complaint of whoever has it, and no other', async () => {
    const kept = cast.find((one) => one !== lost)!;
    await refused(poll.complain(lost.leaf, kept.promise), 'complaint-unfounded');
    expect(await poll.complain(kept.leaf, kept.promise)).toMatchObject({ onBoard: true });
    expect(await poll.complain(lost.leaf, lost.promise)).toEqual({
      leafHash: hex(leafHash(lost.leaf)),
      onBoard: false,
    });
    await refused(poll.release(1), 'release-not-awaited');
    expect(await poll.settle()).toEqual({ ballots: 11, enough: true });
    expect(await poll.complain(lost.leaf, lost.promise)).toMatchObject({ onBoard: true });
  });

  it('is opened by two of three trustees, neither by one nor by a wrong share', async () => {
    await poll.release(1);
    await refused(poll.count(), 'key-not-released');
    await refused(poll.release(3, poll.shareOf(2)), 'share-wrong');
    await poll.release(3);
    const result = await poll.count();
    expect(result).toMatchObject({ outcome: 'counted', roll: 11, ballots: 10, rejected: 1 });
    expect(result.options.map(({ yes }) => yes)).toEqual([5, 7]);
    expect(result.allocation).toMatchObject({ selected: ['prj-school'] });
  });

  it('is published, and every check of whoever recounts it passes', async () => {
    const files = await poll.publish();
    folder = await poll.download(join(system.data, 'published'));
    expect((await readdir(folder)).toSorted()).toEqual(files.toSorted());
    const report = await verify(folderPublication(folder));
    expect(report.checks.filter(({ state }) => state !== 'passed')).toEqual([]);
    expect([report.holds, report.checks.length]).toEqual([true, 19]);
  });
});

describe('what remains of it', () => {
  /** What anybody may know of both polls, and how far they are. */
  async function publicWords(): Promise<Set<string>> {
    const manifests = [poll, other].flatMap(({ manifest, binding }) => [manifest, hex(binding.m)]);
    return new Set([...(await wordsOfFiles(folder)), ...wordsIn(manifests), 'open', 'closed']);
  }
  const ofDevices = () =>
    [...devices.values()].flatMap(({ key, certificates }) => [key.publicKey, ...certificates].map(hex));

  it('leaves nothing that the databases of an issuer and of ballots know but what is published', async () => {
    const here = await stringsIn(system.stack, 'ballots');
    const published = await publicWords();
    for (const issuer of issuers) {
      const there = await stringsIn(system.stack, issuer);
      const shared = [...there].filter((value) => here.has(value) && !published.has(value));
      expect(shared).toEqual([]);
    }
    expect([...here].filter((value) => value.includes('per-'))).toEqual([]);
    const keys = [...devices.values()].map(({ key }) => hex(key.publicKey));
    expect(keys.filter((key) => !here.has(key))).toEqual([]);
  });

  it('leaves the issuers nothing in common but the register and the poll', async () => {
    const [ours, theirs] = [
      await stringsIn(system.stack, 'identity'),
      await stringsIn(system.stack, 'auditor'),
    ];
    const published = await publicWords();
    const shared = [...ours].filter((value) => theirs.has(value) && !value.startsWith('ref-'));
    const register = ['', '1990-01-01', 'Centre', 'Europe/Helsinki', 'Lintula'];
    const rest = shared.filter((value) => !register.includes(value) && !published.has(value));
    expect(rest.filter((value) => !/^(lintula\/|pol-(secret|other)\/\d+$)/.test(value))).toEqual([]);
    expect(people.identity.filter((id) => people.auditor.includes(id))).toEqual([]);
  });

  it('leaves no national id, key, certificate, promise or voter in any log, and no line for casting', async () => {
    const logs = join(system.data, 'logs');
    const texts = await Promise.all(
      (await readdir(logs))
        .filter((name) => /^(identity|auditor|ballots|witness)\b/.test(name))
        .map((name) => readFile(join(logs, name), 'utf8')),
    );
    const text = texts.join('\n');
    expect(text).toContain('/v1/m/{municipalityId}/polls/{pollId}/certificate');
    expect(text).not.toContain('/v1/polls/{pollId}/ballots');
    expect(text).not.toContain('/v1/polls/{pollId}/complaints');
    const hashes = cast.map(({ leaf }) => hex(leafHash(leaf)));
    const promises = cast.map(({ promise }) => promise);
    for (const secret of [...ofDevices(), ...hashes, ...promises, ...names.map(personNumber)]) {
      expect(text.includes(secret)).toBe(false);
    }
    expect(text).not.toMatch(/per-[a-z2-7]{20}/);
  });
});

/** What was sealed for another key, under one's own. */
function copyOf(leaf: Uint8Array<ArrayBuffer>, { key, certificates }: Device): Uint8Array<ArrayBuffer> {
  const { sealed } = decodeLeaf(poll.binding.manifest, leaf)!;
  const unsigned = unsignedLeaf({ publicKey: key.publicKey, certificates, sequence: 1, sealed });
  const signature = sign(key.secretKey, castMessage(poll.binding.m, unsigned));
  return encodeLeaf({ publicKey: key.publicKey, certificates, sequence: 1, sealed, signature });
}

const storedLeaves = () =>
  inDatabase(system.stack, 'ballots', (database) =>
    database.collection('leaves').countDocuments({ poll: poll.pollId }),
  );

/** Deletes one that waits to be published. */
async function loseOne(): Promise<CastLeaf> {
  return inDatabase(system.stack, 'ballots', async (database) => {
    const leaves = database.collection('leaves');
    const waiting = await leaves.find({ poll: poll.pollId, batch: 0 }).toArray();
    for (const { _id } of waiting) {
      const { deletedCount } = await leaves.deleteOne({ _id, batch: 0 });
      const hash = hex((_id as unknown as { buffer: Uint8Array }).buffer);
      if (deletedCount === 1) return cast.find(({ leaf }) => hex(leafHash(leaf)) === hash)!;
    }
    throw new Error('No ballot waits');
  });
}

describe('a publication that somebody tampered with', () => {
  const text = (name: string, from: RegExp, to: (found: string) => string) => async (copy: string) => {
    const before = await readFile(join(copy, name), 'utf8');
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    await writeFile(join(copy, name), after);
  };
  const bit = (name: string, at: number) => async (copy: string) => {
    const bytes = await readFile(join(copy, name));
    bytes[at < 0 ? bytes.length + at : at]! ^= 1;
    await writeFile(join(copy, name), bytes);
  };
  const without = (name: string, length: () => number) => async (copy: string) => {
    const bytes = await readFile(join(copy, name));
    await writeFile(join(copy, name), bytes.subarray(0, bytes.length - length()));
  };
  const leafBytes = () => cast[0]!.leaf.length;
  const flipped = (digit: string) => (digit === '0' ? '1' : '0');

  it.each([
    ['a cost in the manifest', 'board-root', text('manifest.json', /"cost":\d+/, () => '"cost":1')],
    ['an entry of a roll', 'rolls', bit('roll.municipality.bin', 40)],
    ['a certificate', 'certificates', bit('board.bin', 100)],
    ['a sealed ballot', 'signatures', bit('board.bin', -70)],
    ['the number of ballots', 'board-root', without('board.bin', leafBytes)],
    ['a checkpoint', 'witnesses', text('board.checkpoints', /\n\d+\n/, () => '\n999\n')],
    ['an issuance', 'issuances', bit('issuance.auditor.bin', 3)],
    ['a share', 'key', text('release.json', /(?<="share":"..)./, flipped)],
    ['the seed of the lot', 'lot', text('result.json', /(?<="seeds":\["..)./, flipped)],
    ['the complaints', 'closing', text('complaints.json', /^.*$/, () => '[]')],
    ['a desk', 'closing', text('desks.json', /^.*$/, () => '[{"desk":"des-1","entered":0,"issued":1}]')],
    ['the closing record', 'closing', text('closing.json', /(?<="desks":"..)./, flipped)],
    ['a vote', 'tally', text('result.json', /(?<="votes":)\d+/, (votes) => String(Number(votes) + 1))],
    [
      'the selection',
      'allocation',
      text('result.json', /"selected":\["prj-school"/, () => '"selected":["prj-racks"'),
    ],
    ['the rejections', 'rejections', text('result.json', /"rejected":\[\{.*?\}\]/, () => '"rejected":[]')],
  ] as const)('is found out: %s', async (what, check, tamper) => {
    const copy = join(system.data, `tampered ${what}`);
    await cp(folder, copy, { recursive: true });
    await tamper(copy);
    const { code, stdout } = await run(process.execPath, [program, 'verify', copy, '--json']).then(
      (done) => ({ code: 0, stdout: done.stdout }),
      (error: { code: number; stdout: string }) => error,
    );
    expect(code).toBe(1);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; state: string }[] };
    expect(checks.filter(({ state }) => state === 'failed').map(({ name }) => name)).toContain(check);
  });
});
