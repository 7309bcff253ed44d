import { ballotsApi } from '@talkoot/api-contracts/ballots';
import { createService } from '@talkoot/http-service';
import type { Auth, Logger, Readiness } from '@talkoot/http-service';
import type { Ballots } from './ballots.ts';
import { boardRoutes } from './board/board.routes.ts';
import { castingRoutes } from './casting/casting.routes.ts';
import { deskRoutes } from './desk/desk.routes.ts';
import { keyRoutes } from './key/key.routes.ts';
import { decisionRoutes } from './poll/decision.routes.ts';
import { pollRoutes } from './poll/poll.routes.ts';
import { publicationRoutes } from './publication/publication.routes.ts';
import { tallyRoutes } from './tally/tally.routes.ts';

export interface BallotsAppOptions {
  readonly ballots: Ballots;
  readonly auth: Auth;
  readonly log: Logger;
  readonly publicUrl: string;
  readonly readiness?: Readiness;
}

/** Counting a large poll takes its time. */
const DEADLINE_MS = 60_000;

export function createBallotsApp({ ballots, ...shell }: BallotsAppOptions) {
  return createService({
    ...shell,
    api: ballotsApi,
    connection: ballots.connection,
    deadlineMs: DEADLINE_MS,
    handlers: {
      ...ballots.record.handlers,
      ...pollRoutes(ballots),
      ...decisionRoutes(ballots),
      ...keyRoutes(ballots),
      ...castingRoutes(ballots),
      ...deskRoutes(ballots),
      ...boardRoutes(ballots),
      ...tallyRoutes(ballots),
      ...publicationRoutes(ballots),
    },
  });
}
