import {
  castLeaf,
  certificateMessage,
  encodeBallot,
  finishCeremony,
  finishCertificate,
  importIssuerKey,
  newSigningKey,
  newTrustee,
  parseCheckpoint,
  readCeremony,
  readManifest,
  requestCertificate,
  signRelease,
  startRound1,
  startRound2,
} from '@talkoot/ballot-protocol';
import type { PollWindows } from '@talkoot/api-contracts/ballots';
import type { BindingManifest, SealedSeed, SigningKey, TrusteeSecrets } from '@talkoot/ballot-protocol';
import { initialState, phases } from '@talkoot/workflow-contracts';
import type { Phase } from '@talkoot/workflow-contracts';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Issuer, SealedSystem } from './sealed-system.fixture.ts';

const euros = (amount: number) => ({ amount, currency: 'EUR' });
export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** What a device has after both issuers signed for it. */
export interface Device {
  readonly key: SigningKey;
  readonly certificates: readonly [Uint8Array, Uint8Array];
  /** A leaf that approves of the options at these places. */
  readonly leaf: (places: readonly number[], sequence?: number) => Promise<Uint8Array<ArrayBuffer>>;
}
/** The same with another manifest: for ballots that are bound to something else. */
export const leafOf = (
  binding: BindingManifest,
  { key, certificates }: Pick<Device, 'key' | 'certificates'>,
  places: readonly number[],
  sequence = 1,
) => {
  const plaintext = encodeBallot(binding.manifest, { type: 'approval', places: [...places] });
  return castLeaf(binding, { key, certificates, sequence, plaintext });
};

/** Three trustees of three organisations; two of them open the ballots. */
export const trustees = ['clerk', 'auditor', 'notary'].map((name) => {
  const { secrets, keys } = newTrustee();
  return { name, organisation: `${name}s`, keys, secrets };
});
const protocol = {
  batchSize: 3,
  minima: { roll: 5, counted: 5 },
  threshold: 2,
  trustees: trustees.map(({ name, organisation, keys }) => ({ name, organisation, ...keys })),
};

/**
 * A prioritisation that is held by HTTP, between two projects, one of which is affordable. The steps that the worker would
 * record are recorded here, each after its effect, as in the workflow.
 */
export class HeldPoll {
  readonly pollId: string;
  readonly params: { readonly municipalityId: string; readonly pollId: string };
  readonly #system: SealedSystem;
  #phase: Phase<'poll'> = 'new';
  #shares: readonly TrusteeSecrets[] = [];
  #binding: BindingManifest | null = null;
  #questionSha256 = '';
  readonly #windows: PollWindows | null;
  manifest = '';

  /** @param windows where acts do not end the phases */
  constructor(system: SealedSystem, pollId: string, windows: PollWindows | null = null) {
    this.#system = system;
    this.pollId = pollId;
    this.#windows = windows;
    this.params = { municipalityId: 'lintula', pollId };
  }

  get binding(): BindingManifest {
    return this.#binding!;
  }

  /** Records the steps up to a phase. */
  async advance(to: Phase<'poll'>): Promise<void> {
    const course: readonly Phase<'poll'>[] = phases.poll;
    for (let number = course.indexOf(this.#phase) + 1; number <= course.indexOf(to); number += 1)
      await this.#record(course[number]!, number);
  }

  /** Records one more step, whatever it is. */
  async step(phase: Phase<'poll'>): Promise<void> {
    const course: readonly Phase<'poll'>[] = phases.poll;
    await this.#record(phase, course.indexOf(this.#phase) + 1);
  }

  async #record(phase: Phase<'poll'>, number: number): Promise<void> {
    const ids = { id: this.pollId, municipalityId: 'lintula', pilotId: 'pil-1', roundId: 'rnd-1' };
    const nothing = { command: null, waitEffect: null, data: {} };
    const at = '2026-11-24T00:00:00.000Z';
    await this.#system.worker.ballots.recordStep({
      params: { kind: 'poll', lifecycleId: this.pollId },
      body: {
        step: { number, name: phase, cause: 'phase', from: this.#phase, phase, at, ...nothing },
        state: { ...initialState('poll', ids), phase, step: number } as never,
      },
    });
    this.#phase = phase;
  }

  async prepare(): Promise<void> {
    await this.#system.worker.ballots.preparePoll({
      params: { pollId: this.pollId },
      body: {
        kind: 'prioritisation',
        municipalityId: 'lintula',
        pilotId: 'pil-1',
        roundId: 'rnd-1',
        projectId: null,
        reportTo: { kind: 'round', id: 'rnd-1' },
        options: ['prj-racks', 'prj-school'].map((optionId) => ({ optionId, cost: euros(1000) })),
        budget: euros(1500),
        ballot: { type: 'approval', minChoices: 0, maxChoices: 2 },
        allocation: { rule: 'greedy' },
        protocol,
      },
    });
    this.#questionSha256 = await this.#question();
    await this.advance('prepared');
  }

  /** @returns what each issuer answered. */
  async freezeRolls(excluded: readonly string[] = []) {
    const { worker } = this.#system;
    const params = { pollId: this.pollId };
    const asOf = new Date().toISOString();
    const rule = { municipalityId: 'lintula', minimumAge: 16, districts: [], asOf };
    const ours = await worker.identity.freezeRoll({ params, body: { ...rule, excluded: [...excluded] } });
    const { excludedReferences } = ours;
    const theirs = await worker.auditor.freezeRoll({ params, body: { ...rule, excludedReferences } });
    const issuers = [ours, theirs].map(({ pollId: _, excludedReferences: __, ...roll }) => roll);
    const recorded = await worker.ballots.recordRolls({ params, body: { issuers } });
    await this.advance('roll-frozen');
    return { ours, theirs, ...recorded };
  }

  /** All three trustees make the key, each on a machine of their own. */
  async makeKey(): Promise<void> {
    const { ballots } = this.#system;
    const { ceremony } = await ballots.getKeyCeremony({ params: this.params });
    const binding = readCeremony(ceremony);
    const at = (place: number) => ({ ...this.params, index: place + 1 });
    const started = trustees.map(({ secrets }) => startRound1(binding, secrets));
    const round1 = started.map((one) => one.round1);
    for (const [place, body] of round1.entries()) await ballots.giveRound1({ params: at(place), body });
    const round2 = await Promise.all(started.map((own) => startRound2(binding, own.secrets, round1)));
    for (const [place, body] of round2.entries()) await ballots.giveRound2({ params: at(place), body });
    const finished = await Promise.all(
      started.map((own) => finishCeremony(binding, own.secrets, round1, round2)),
    );
    for (const [place, { confirmation: body }] of finished.entries()) {
      await ballots.confirmKey({ params: at(place), body });
    }
    this.#shares = finished.map((one) => one.secrets);
  }

  /** What the history of the poll keeps of what was asked when it was prepared. */
  async #question(): Promise<string> {
    const params = { kind: 'poll', lifecycleId: this.pollId };
    const { state } = await this.#system.worker.ballots.getLifecycle({ params });
    return state.facts['questionSha256'] as string;
  }

  /** Has both issuers seal their seeds of the lot, and publishes the manifest. */
  async publishManifest(): Promise<string> {
    const { worker, ballots } = this.#system;
    const params = { pollId: this.pollId };
    const { key } = await ballots.getKeyCeremony({ params: this.params });
    const seal = { params, body: { pollKey: key!.commitments[0]! } };
    const lot: [SealedSeed, SealedSeed] = [
      await worker.identity.sealLotSeed(seal),
      await worker.auditor.sealLotSeed(seal),
    ];
    const body = { windows: this.#windows, lot, questionSha256: this.#questionSha256 };
    return (await worker.ballots.publishManifest({ params, body })).manifest;
  }

  /** Publishes the manifest, binds both issuers to it, and lets ballots in. */
  async open(): Promise<void> {
    const { worker } = this.#system;
    const params = { pollId: this.pollId };
    const manifest = await this.publishManifest();
    this.manifest = manifest;
    this.#binding = readManifest(Buffer.from(manifest));
    await worker.identity.openIssuance({ params, body: { manifest } });
    await worker.auditor.openIssuance({ params, body: { manifest } });
    await this.advance('open');
  }

  /** Everything before the vote. */
  async begin(): Promise<void> {
    await this.prepare();
    await this.freezeRolls();
    await this.makeKey();
    await this.open();
  }

  /** Has one issuer sign for a key. */
  async certificate(issuer: Issuer, token: string, publicKey: Uint8Array): Promise<Uint8Array> {
    const place = issuer === 'identity' ? 0 : 1;
    const key = await importIssuerKey(this.binding.manifest.issuers[place].modulus);
    const message = certificateMessage(this.binding.m, publicKey);
    const request = await requestCertificate(key, message);
    const body = { blinded: hex(request.blinded) };
    const answer = await this.#system[issuer](token).issueCertificate({ params: this.params, body });
    return finishCertificate(key, message, request, Buffer.from(answer.blindSignature, 'hex'));
  }

  /** A device of somebody who is signed in to both. */
  async device(tokens: Readonly<Record<Issuer, string>>): Promise<Device> {
    const key = newSigningKey();
    const first = await this.certificate('identity', tokens.identity, key.publicKey);
    const second = await this.certificate('auditor', tokens.auditor, key.publicKey);
    const certificates = [first, second] as const;
    return {
      key,
      certificates,
      leaf: (places, sequence = 1) => leafOf(this.binding, { key, certificates }, places, sequence),
    };
  }

  cast(leaf: Uint8Array<ArrayBuffer>) {
    return this.#system.ballots.castBallot({ params: { pollId: this.pollId }, body: leaf });
  }

  /** @param promise hexadecimal */
  complain(leaf: Uint8Array, promise: string) {
    const body = Uint8Array.from([...leaf, ...Buffer.from(promise, 'hex')]);
    return this.#system.ballots.complain({ params: { pollId: this.pollId }, body });
  }

  /** No certificates any more. */
  async closeCertificates(): Promise<number[]> {
    const { worker } = this.#system;
    const params = { pollId: this.pollId };
    await this.advance('closing');
    const ours = await worker.identity.closeIssuance({ params });
    const theirs = await worker.auditor.closeIssuance({ params });
    const counted = [
      { name: 'municipality' as const, desks: ours.desks },
      { name: 'auditor' as const, desks: theirs.desks },
    ];
    await worker.ballots.recordDesks({ params, body: { issuers: counted } });
    return [ours.issued, theirs.issued];
  }

  /** No ballots any more; all that were cast are on the board. */
  async closeCasting(): Promise<number> {
    await this.advance('closed');
    return (await this.#system.worker.ballots.closeBoard({ params: { pollId: this.pollId } })).leaves;
  }

  async settle() {
    const settled = await this.#system.worker.ballots.settleComplaints({ params: { pollId: this.pollId } });
    await this.advance('key-release');
    return settled;
  }

  /** What a trustee would release. */
  shareOf(index: number): string {
    return this.#shares[index - 1]!.share!;
  }

  async release(index: number, share = this.shareOf(index)) {
    const { ballots } = this.#system;
    const board = await ballots.getBoardCheckpoint({ params: { pollId: this.pollId } });
    const signature = signRelease(
      this.binding,
      parseCheckpoint(Buffer.from(board)),
      { index, share: Buffer.from(share, 'hex') },
      Buffer.from(this.#shares[index - 1]!.signingKey, 'hex'),
    );
    const body = { share, signature: Buffer.from(signature).toString('hex') };
    return ballots.releaseShare({ params: { ...this.params, index }, body });
  }

  async count() {
    const params = { pollId: this.pollId };
    const result = await this.#system.worker.ballots.tallyPoll({ params, body: { outcome: 'counted' } });
    await this.advance('tallied');
    return result;
  }

  /** @returns the names of the public files. */
  async publish(): Promise<string[]> {
    const { files } = await this.#system.worker.ballots.publishPollFiles({ params: { pollId: this.pollId } });
    await this.advance('published');
    return files.map(({ name }) => name);
  }

  /** From the last ballot to the publication. */
  async end() {
    await this.closeCertificates();
    await this.closeCasting();
    await this.settle();
    await this.release(1);
    await this.release(3);
    const result = await this.count();
    await this.publish();
    return result;
  }

  /** Downloads the public files as anybody can. */
  async download(folder: string): Promise<string> {
    await mkdir(folder, { recursive: true });
    const { files } = await this.#system.ballots.getPublication({ params: this.params });
    for (const { name: file } of files) {
      const bytes = await this.#system.ballots.getPublicationFile({ params: { ...this.params, file } });
      await writeFile(join(folder, file), bytes);
    }
    return folder;
  }
}
