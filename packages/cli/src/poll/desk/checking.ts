import type { Client } from '@talkoot/api-contracts';
import { boardTileParams } from '@talkoot/api-contracts/ballots';
import type { ballotsApi } from '@talkoot/api-contracts/ballots';
import { BoardError, leafHash } from '@talkoot/ballot-protocol';
import { leafHashesOf, standingBoard } from '@talkoot/ballot-protocol/device';
import type { PollOnDevice } from '../../demo/voting/device.ts';
import { PollRefused } from '../poll.errors.ts';
import { requirePool } from './pool.ts';
import type { PoolLeaf, PoolStore } from './pool.ts';

export interface CheckingDesk {
  /** Without a token: nobody may know whose leaves are looked for. */
  readonly ballots: Pick<Client<typeof ballotsApi>, 'getBoardCheckpoint' | 'getBoardTile' | 'complain'>;
  readonly poll: { readonly municipalityId: string; readonly pollId: string };
  readonly onDevice: PollOnDevice;
  readonly store: PoolStore;
}

/** What became of the papers that were promised. */
export interface Checked {
  readonly desk: string;
  readonly papers: number;
  readonly onBoard: number;
  /** About those that are not, if it was asked for. */
  readonly complaints: number;
}

/**
 * Looks for every promised paper among all hashes of the board, so that nobody learns which are the desk's; complains, if
 * told to, about those that are not there.
 * @throws PollRefused `pool-missing`, `pool-foreign`, `papers-missing`, `board-differs`; BoardError for a checkpoint that
 * does not stand
 */
export async function checkPapers(at: CheckingDesk, complain: boolean): Promise<Checked> {
  const { poll, onDevice, store } = at;
  const opened = await store.open();
  if (opened === null) throw new PollRefused('pool-missing', 'There is no pool of this desk here.');
  const manifest = Buffer.from(onDevice.binding.m).toString('hex');
  const { desk, entry } = requirePool(opened, { ...poll, manifest });
  const promised = entry?.leaves.filter(({ promise }) => promise !== null) ?? [];
  if (promised.length === 0)
    throw new PollRefused('papers-missing', 'No paper of this pool is promised yet.');
  const board = await hashesOnBoard(at);
  const missing = promised.filter(({ leaf }) => !board.has(hex(leafHash(Buffer.from(leaf, 'hex')))));
  if (complain) for (const one of missing) await complainAbout(at, one);
  return {
    desk,
    papers: promised.length,
    onBoard: promised.length - missing.length,
    complaints: complain ? missing.length : 0,
  };
}

async function hashesOnBoard({ ballots, poll: { pollId }, onDevice }: CheckingDesk): Promise<Set<string>> {
  const note = await ballots.getBoardCheckpoint({ params: { pollId } });
  const checkpoint = standingBoard(onDevice.binding.manifest, note);
  const tile = (path: string) => ballots.getBoardTile({ params: boardTileParams(pollId, path) });
  const found = new Set<string>();
  try {
    for await (const hash of leafHashesOf(checkpoint, tile)) found.add(hex(hash));
  } catch (cause) {
    if (!(cause instanceof BoardError)) throw cause;
    throw new PollRefused('board-differs', 'The board shows other leaves than its witnesses signed.', {
      cause,
    });
  }
  return found;
}

async function complainAbout({ ballots, poll: { pollId } }: CheckingDesk, { leaf, promise }: PoolLeaf) {
  const body = Uint8Array.from(Buffer.from(leaf + promise!, 'hex'));
  await ballots.complain({ params: { pollId }, body });
}

const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');
