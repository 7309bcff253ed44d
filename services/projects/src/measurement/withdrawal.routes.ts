import type { measurementRoutes } from '@talkoot/api-contracts/projects';
import { eventOf } from '@talkoot/event-bus';
import { projectReadingsWithdrawnV1 } from '@talkoot/event-contracts';
import { DomainError, idFrom, once } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import type { HandlersOf, Parts } from '../parts.ts';
import { requirePhase } from '../proposal/project.ts';
import { requireDisinterested, requireOutsider } from '../staffing/interest.ts';
import { CORRECTABLE } from './observation.ts';
import { withdrawalFlaw } from './withdrawal.ts';

type Handlers = HandlersOf<typeof measurementRoutes>;

/** What came by a token that was not safe counts no more. Nothing is deleted, and the reason is public. */
export function withdrawalHandlers(parts: Parts): Pick<Handlers, 'withdrawFeedReadings'> {
  const { connection, outbox, stores, now } = parts;
  return {
    async withdrawFeedReadings(call) {
      const { municipalityId, feedId } = call.params;
      const feed = await stores.measurements.getFeed(municipalityId, feedId);
      const { projectId } = feed;
      const by = call.person.id;
      const about = await stores.projects.get(municipalityId, projectId);
      await requireDisinterested(parts, about, by, 'assessor-on-team');
      // Results that look bad would be hidden by one person, who chose the device as well.
      if (feed.createdBy === by) throw new DomainError('own-feed');
      const reason = await storeText(connection, call, municipalityId, 'reason', call.body.reason);
      const withdrawalId = idFrom(call.operationId, 'wdr');
      const since = call.body.since === undefined ? null : new Date(call.body.since).toISOString();
      const at = now().toISOString();
      const body = await once(connection, call, async (session) => {
        // Written, not only read: no draft, delivery or signature overlooks it.
        const project = await stores.projects.change(session, projectId, { $inc: { observations: 1 } });
        const flaw = withdrawalFlaw(project!, now());
        if (flaw) throw new DomainError(flaw);
        requirePhase(project!, CORRECTABLE);
        requireOutsider(project!, by, 'assessor-on-team');
        await stores.measurements.revokeFeed(session, feedId);
        const withdrawal = { _id: withdrawalId, municipalityId, projectId, feedId, since, reason, by, at };
        const readings = await stores.measurements.withdraw(session, withdrawal);
        if (readings === 0) throw new DomainError('nothing-to-withdraw');
        const data = { withdrawalId, feedId, criterionId: feed.criterionId, readings };
        const facts = { aggregateId: projectId, municipalityId, occurredAt: at, data };
        await outbox.appendEvents(session, [eventOf({ event: projectReadingsWithdrawnV1, ...facts })]);
        return { feedId, withdrawalId, readings };
      });
      return { body };
    },
  };
}
