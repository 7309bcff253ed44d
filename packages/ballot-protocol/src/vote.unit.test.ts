import { expect, test } from 'vitest';
import { ballotOpener } from './ballot/seal.ts';
import { decodeBallot } from './ballot/plaintext.ts';
import { checkLeaf } from './cast/leaf.check.ts';
import { combineShares } from './key/share.ts';
import * as node from './node/index.ts';
import { testPoll } from './poll.fixture.ts';
import { castBallot, certifiedVoter } from './vote.fixture.ts';

test('a vote goes from the device through both issuers into a leaf, and any two trustees open it', async () => {
  const poll = await testPoll();
  const voter = await certifiedVoter(poll);
  const ballot = { type: 'approval', places: [0, 2] } as const;
  const bytes = await castBallot(poll, voter, ballot);

  const verdict = node.leafChecker(poll.binding)(bytes);
  expect(verdict).toEqual(await checkLeaf(poll.binding, bytes));
  if (!verdict.accepted) throw new Error(verdict.refusal);

  const secretKey = combineShares(poll.binding.manifest.key, [poll.shares[2]!, poll.shares[0]!]);
  const slow = await ballotOpener(poll.binding, secretKey);
  const plaintext = node.ballotOpener(poll.binding, secretKey)(verdict.leaf);
  expect(new Uint8Array(plaintext!)).toEqual(await slow(verdict.leaf));
  expect(decodeBallot(poll.binding.manifest, plaintext)).toEqual({ ballot });
});
