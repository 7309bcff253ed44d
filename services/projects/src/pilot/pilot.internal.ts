import type { projectsInternalRoutes } from '@talkoot/api-contracts/projects';
import type { HandlersOf, Parts } from '../parts.ts';

/** The charter for whoever computes deadlines by it. */
export function pilotInternalHandlers({
  stores,
}: Parts): Pick<HandlersOf<typeof projectsInternalRoutes>, 'getCharter'> {
  return {
    async getCharter({ params }) {
      const { charter, charterSha256 } = await stores.pilots.byId(params.pilotId);
      return { body: { charter, sha256: charterSha256 } };
    },
  };
}
