import { ApiProblem, ServiceUnreachable } from '@talkoot/api-contracts';
import { encodeBallot, leafHash, signPromise } from '@talkoot/ballot-protocol';
import type { Ballot } from '@talkoot/ballot-protocol';
import { signBlinded } from '@talkoot/ballot-protocol/issuer';
import { leafChecker } from '@talkoot/ballot-protocol/node';
import { preparePoll } from '@talkoot/ballot-protocol/testing';
import { pollOnDevice } from '../../demo/voting/device.ts';
import type { EnteringDesk } from './entering.ts';
import { poolInMemory } from './pool.ts';
import type { AskAtDesk } from './issuing.ts';

const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');
const problem = (code: string, status = 409) =>
  new ApiProblem('a call', { type: `urn:talkoot:problem:${code}`, title: code, status, code });

/** A poll of approvals whose issuers and board forget nothing, and fail when told to. */
export async function deskTown() {
  const held = await preparePoll();
  const onDevice = await pollOnDevice(Buffer.from(held.manifestBytes).toString());
  const { binding } = onDevice;
  const check = leafChecker(binding);
  /** For each issuer, the message it signs for each voter. */
  const issued = [new Map<string, string>(), new Map<string, string>()] as const;
  const board = new Map<string, Uint8Array>();
  const failures = { beforeSigning: [] as (0 | 1)[], answerLost: [] as (0 | 1)[], castsUntilLoss: Infinity };

  const fails = (list: (0 | 1)[], issuer: 0 | 1) => {
    if (list[0] !== issuer) return false;
    list.shift();
    return true;
  };
  const ask: AskAtDesk = async (issuer, shown, blinded) => {
    const nationalId = shown.trim().toUpperCase();
    if (fails(failures.beforeSigning, issuer)) throw new ServiceUnreachable('no answer');
    if (!nationalId.startsWith('V-')) throw problem('not-on-roll', 403);
    const before = issued[issuer].get(nationalId);
    if (before !== undefined && before !== blinded) throw problem('certificate-already-issued');
    issued[issuer].set(nationalId, blinded);
    if (fails(failures.answerLost, issuer)) throw new ServiceUnreachable('the answer was lost');
    return hex(signBlinded(held.issuers[issuer], Buffer.from(blinded, 'hex')));
  };

  return {
    held,
    onDevice,
    issued,
    board,
    failures,
    poll: { municipalityId: binding.manifest.municipality, pollId: binding.manifest.poll },
    ask,
    store: poolInMemory(),
    desk: 'library',
    ballots: {
      async castBallot({ body }: Parameters<EnteringDesk['ballots']['castBallot']>[0]) {
        const verdict = check(body);
        if (!verdict.accepted) throw problem(verdict.refusal, 422);
        const hash = leafHash(body);
        board.set(hex(hash), body);
        // The leaf is stored and its promise gets lost on the way.
        failures.castsUntilLoss -= 1;
        if (failures.castsUntilLoss < 0) throw new ServiceUnreachable('the promise was lost');
        return { leafHash: hex(hash), promise: hex(signPromise(binding.m, hash, held.boardKey.secretKey)) };
      },
    },
    plaintext: (ballot: Ballot) => hex(encodeBallot(binding.manifest, ballot)),
  };
}
export type DeskTown = Awaited<ReturnType<typeof deskTown>>;
