import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeAll, expect, it } from 'vitest';
import type { RunningSystem } from '../running-system.ts';
import type { Copy } from './copy.ts';
import { betterThanChance, strategiesFor } from './link.ts';
import { playedVote } from './played-poll.ts';
import type { PlayedVote } from './played-poll.ts';
import { Library } from './records.ts';
import type { Subject } from './records.ts';
import { leaks } from './plants.ts';
import { storedCopies } from './stored-copies.ts';

/** The linking program against all that a system keeps of a vote that sixty residents took part in. */
export function unlinkabilityRules(system: () => RunningSystem): void {
  let copies: Copy[];
  let vote: PlayedVote;
  beforeAll(async () => {
    vote = await playedVote(system());
    copies = await storedCopies(system());
  });
  // Linking holds the event loop for seconds. What the services closed meanwhile is noticed before anybody calls them.
  afterEach(async () => {
    for (let turn = 0; turn < 3; turn += 1) await setImmediate();
  });
  const linkagesIn = (found: readonly Copy[]) =>
    betterThanChance(strategiesFor(found, vote.poll), vote.poll, vote.truth);

  it('has a vote to look at: voters, votes that were replaced, batches of m, and copies of everything', () => {
    const { poll, truth, replaced } = vote;
    const { ballots, onPaper } = system().play.plan;
    // Of papers not even the voter knows which leaf is theirs.
    expect(truth.length).toBe(ballots.length - onPaper);
    expect(truth.length).toBeGreaterThan(50);
    expect(new Set(truth).size).toBe(truth.length);
    expect(replaced).toBeGreaterThanOrEqual(10);
    const sizes = poll.batches.map(({ ballots }) => ballots.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(truth.length);
    expect(Math.min(...sizes)).toBeGreaterThan(10);
    const names = copies.map(({ name }) => name);
    const wanted = ['identity.issuances', 'auditor.people', 'ballots.leaves', 'talkoot.polls', 'histories'];
    expect(names).toEqual(
      expect.arrayContaining([...wanted, 'log ballots.log', 'log identity.log', 'traces']),
    );
    expect(
      copies.filter(({ name, rows }) => /\.leaves|issuances|people/.test(name) && rows.length < 60),
    ).toEqual([]);
    // One in ten voted by the relay, which has forgotten what it found on the board.
    expect(copies.find(({ name }) => name === 'witness.kept_leaves')!.rows).toEqual([]);
  });

  it('finds ballots and voters wherever a store names them', () => {
    const library = new Library(copies);
    const placesOf = (subjects: readonly Subject[]) =>
      [...new Set(library.beside(subjects).map(({ copy }) => copy))].toSorted();
    const ofBallots = placesOf(vote.poll.ballots);
    expect(ofBallots).toEqual(expect.arrayContaining(['ballots.leaves', 'ballots.log_tiles']));
    expect(ofBallots.filter((name) => !name.startsWith('ballots.'))).toEqual([]);
    const ofIssuer = ['issuances', 'people', 'rollparts'];
    expect(placesOf(vote.poll.voters)).toEqual(
      expect.arrayContaining(ofIssuer.flatMap((name) => [`auditor.${name}`, `identity.${name}`])),
    );
  });

  it('links nobody to a ballot better than chance, from copies of everything and every issuance time', () => {
    const { tried, linkages } = linkagesIn(copies);
    expect(linkages).toEqual([]);
    expect(tried).toBeGreaterThan(1_000);
  });

  it.each(leaks.map(({ name, plant }) => [name, plant] as const))('would have found that %s', (_, plant) => {
    const { linkages } = linkagesIn(plant(copies, vote.castings));
    expect(linkages.length).toBeGreaterThan(0);
    expect(linkages[0]!.hits).toBeGreaterThan(2 * linkages[0]!.expected);
  });
}
