import {
  cosignNote,
  encodeNote,
  pollKeyOf,
  readCeremony,
  signCheckpoint,
  writeManifest,
} from '@talkoot/ballot-protocol';
import type { Ceremony, Confirmation, Manifest, Round1, Round2 } from '@talkoot/ballot-protocol';
import { preparePoll } from '@talkoot/ballot-protocol/testing';
import type { KeyCeremony } from '@talkoot/api-contracts/ballots';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

type Awaited = KeyCeremony['awaited'];

/** Stands in for the ballots service in the ceremony of one poll: keeps packages and tells who is awaited. */
export class CeremonyDesk {
  readonly round1: Round1[] = [];
  readonly round2: Round2[] = [];
  readonly confirmations: Confirmation[] = [];
  readonly shares: { index: number; share: string }[] = [];
  readonly destroyed: { index: number; signature: string }[] = [];
  /** What a poll's later course would make awaited. */
  later: Awaited = 'nothing';
  /** What the manifest says beside the key that was made. */
  manifest: Partial<Manifest> = { windows: null };
  /** Leaves of the board, the manifest among them. */
  leaves = 9;
  /** Whether witnesses cosigned that. */
  isWitnessed = true;
  readonly ceremony: Ceremony;

  constructor(ceremony: Ceremony) {
    this.ceremony = ceremony;
  }

  get awaited(): Awaited {
    const { length } = this.ceremony.trustees;
    if (this.round1.length < length) return 'round1';
    if (this.round2.length < length) return 'round2';
    return this.confirmations.length < length ? 'confirmation' : this.later;
  }

  view(): KeyCeremony {
    const binding = readCeremony(this.ceremony);
    const { round1, round2, confirmations, shares, destroyed } = this;
    const made = confirmations.length === this.ceremony.trustees.length;
    return {
      pollId: this.ceremony.poll,
      ceremony: this.ceremony,
      ceremonySha256: Buffer.from(binding.hash).toString('hex'),
      awaited: this.awaited,
      round1,
      round2,
      confirmations,
      key: made ? pollKeyOf(binding, round1, confirmations) : null,
      released: shares.map(({ index }) => index),
      destroyed,
    };
  }

  /** `manifest.json`, once the key is made. */
  async published(): Promise<string> {
    const { binding } = await held();
    const { municipality, poll } = this.ceremony;
    const key = this.view().key!;
    return Buffer.from(
      writeManifest({ ...binding.manifest, municipality, poll, key, ...this.manifest }),
    ).toString();
  }

  async checkpoint(): Promise<string> {
    const { binding, boardKey, witnessKeys } = await held();
    const { origin } = binding.manifest.board;
    const root = new Uint8Array(32).fill(this.leaves);
    const { note } = signCheckpoint({ origin, size: this.leaves, root }, boardKey.secretKey);
    const witnesses = this.isWitnessed ? witnessKeys : [];
    const cosigned = witnesses.map(({ name, key }) =>
      cosignNote(note.text, name, key.secretKey, 1_800_000_000),
    );
    return Buffer.from(encodeNote({ ...note, signatures: [...note.signatures, ...cosigned] })).toString();
  }

  /** Takes what a trustee gives at a step; false when the step is over, or another package was given. */
  take(step: string, index: number, body: Record<string, unknown>): boolean {
    const packages = { round1: this.round1, round2: this.round2, confirmation: this.confirmations }[step];
    const given = packages ?? (step === 'share' ? this.shares : this.destroyed);
    const known = given.find((one) => one.index === index);
    if (known) return JSON.stringify(known) === JSON.stringify({ ...known, ...body });
    if (packages && this.awaited !== step) return false;
    given.push({ index, ...body } as never);
    return true;
  }
}

/** Issuers, board and witnesses of all polls: their keys cost a second to make. */
let standing: ReturnType<typeof preparePoll> | undefined;
const held = () => (standing ??= preparePoll());

/** A poll officer's moves that were asked for, and what is answered to them. */
export interface Officer {
  readonly asked: { move: string; token: string | undefined; key: string | undefined; body?: unknown }[];
  /** Code of the problem to answer. */
  refusal: string | null;
}

/** The ballots service of one poll, as far as `talkoot poll` calls it. */
export async function ballotsStandIn(desk: CeremonyDesk) {
  const officer: Officer = { asked: [], refusal: null };
  const base = `/v1/m/${desk.ceremony.municipality}/polls/${desk.ceremony.poll}`;
  const server = createServer((request, response) => {
    const path = request.url!.slice(base.length);
    const isText = path === '/manifest' || request.url!.endsWith('/board/checkpoint');
    if (isText) {
      const text = path === '/manifest' ? desk.published() : desk.checkpoint();
      void text.then((body) => response.writeHead(200, { 'content-type': 'text/plain' }).end(body));
      return;
    }
    void answer(desk, officer, request, path).then(([status, body]) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, officer, close: () => void server.close() };
}

async function answer(
  desk: CeremonyDesk,
  officer: Officer,
  request: IncomingMessage,
  path: string,
): Promise<[number, unknown]> {
  const [, key, step, index] = path.split('/');
  if (request.method === 'GET') return path === '/key' ? [200, desk.view()] : [200, pollOf(desk)];
  if (key === 'key') {
    const body = JSON.parse((await request.toArray()).join('')) as Record<string, unknown>;
    if (!desk.take(step!, Number(index), body)) return problem(409, 'package-differs');
    return [200, { index: Number(index), awaited: desk.awaited }];
  }
  const { authorization, 'idempotency-key': idempotencyKey } = request.headers;
  const text = (await request.toArray()).join('');
  officer.asked.push({
    move: [key, step].filter(Boolean).join('/'),
    token: authorization,
    key: idempotencyKey as string | undefined,
    ...(text && { body: JSON.parse(text) as unknown }),
  });
  if (officer.refusal) return problem(409, officer.refusal);
  const lifecycleId = desk.ceremony.poll;
  return [200, { lifecycleId, phase: 'open', step: 3, awaiting: 'resident', dueAt: null }];
}

const problem = (status: number, code: string): [number, unknown] => [
  status,
  { type: `urn:talkoot:problem:${code}`, title: `Title of ${code}`, status, code },
];

function pollOf({ ceremony: { poll } }: CeremonyDesk) {
  return {
    pollId: poll,
    kind: 'criteria',
    phase: 'roll-frozen',
    pilotId: 'pil-1',
    roundId: null,
    projectId: 'prj-1',
    options: [],
    budget: null,
    ballot: { type: 'yes-no', minChoices: 0, maxChoices: 1 },
    roll: 60,
    manifestSha256: null,
    windows: null,
    lifecycle: {
      kind: 'poll',
      id: poll,
      phase: 'roll-frozen',
      wait: 'key-ceremony',
      awaiting: 'trustee',
      since: '2026-11-27T08:00:00.000Z',
      dueAt: '2026-12-27T08:00:00.000Z',
      overdue: false,
      suspended: false,
      step: 2,
    },
  };
}
