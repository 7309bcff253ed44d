import { finishCeremony, pollKeyOf } from './ceremony.finish.ts';
import { startRound1 } from './ceremony.round1.ts';
import { startRound2 } from './ceremony.round2.ts';
import type { Confirmation, Round1, Round2, TrusteeSecrets } from './ceremony.shape.ts';
import { newTrustee, readCeremony } from './ceremony.ts';
import type { BindingCeremony } from './ceremony.ts';
import type { PollKey } from '../manifest/manifest.shape.ts';

export interface StartedCeremony {
  readonly binding: BindingCeremony;
  readonly secrets: readonly TrusteeSecrets[];
  readonly round1: readonly Round1[];
}

/** Trustees of as many organisations, after round 1. */
export function startedCeremony(threshold: number, size: number): StartedCeremony {
  const trustees = Array.from({ length: size }, newTrustee);
  const binding = readCeremony({
    protocol: 'talkoot-key-v1',
    municipality: 'tampere',
    poll: 'poll-1',
    threshold,
    trustees: trustees.map(({ keys }, place) => ({
      name: `trustee ${place + 1}`,
      organisation: `organisation ${place + 1}`,
      index: place + 1,
      ...keys,
    })),
  });
  const started = trustees.map(({ secrets }) => startRound1(binding, secrets));
  return {
    binding,
    secrets: started.map(({ secrets }) => secrets),
    round1: started.map(({ round1 }) => round1),
  };
}

export function dealtShares({ binding, secrets, round1 }: StartedCeremony): Promise<Round2[]> {
  return Promise.all(secrets.map((own) => startRound2(binding, own, round1)));
}

export interface FinishedCeremony {
  readonly key: PollKey;
  readonly secrets: readonly TrusteeSecrets[];
  readonly confirmations: readonly Confirmation[];
}

export async function finishedCeremony(started: StartedCeremony): Promise<FinishedCeremony> {
  const { binding, round1 } = started;
  const round2 = await dealtShares(started);
  const finished = await Promise.all(
    started.secrets.map((own) => finishCeremony(binding, own, round1, round2)),
  );
  const confirmations = finished.map(({ confirmation }) => confirmation);
  return {
    key: pollKeyOf(binding, round1, confirmations),
    secrets: finished.map(({ secrets }) => secrets),
    confirmations,
  };
}
