import type { BallotsApi } from '@talkoot/api-contracts/ballots';
import type { Handlers } from '@talkoot/http-service';
import type { Board } from './board.ts';

type Routes = Pick<
  Handlers<BallotsApi>,
  'closeBoard' | 'settleComplaints' | 'getBoardCheckpoint' | 'getBoardTile' | 'complain'
>;

export function boardRoutes({ board }: { readonly board: Board }): Routes {
  return {
    async closeBoard(call) {
      return { body: await board.close(call.params.pollId) };
    },

    async settleComplaints(call) {
      return { body: await board.settle(call.params.pollId) };
    },

    async complain(call) {
      const { leafHash, onBoard } = await board.complain(call.params.pollId, call.body);
      return { body: { leafHash: Buffer.from(leafHash).toString('hex'), onBoard } };
    },

    async getBoardCheckpoint(call) {
      return { body: await board.checkpointOf(call.params.pollId) };
    },

    async getBoardTile(call) {
      const { pollId, level, path } = call.params;
      return { body: await board.tileOf(pollId, Number(level), path) };
    },
  };
}
