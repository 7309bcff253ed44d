import { MOST_IN_COLLECTION } from '@talkoot/api-contracts/projects';
import type { FeedReading, measurementRoutes } from '@talkoot/api-contracts/projects';
import { DomainError, idFrom, inTransaction, once } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { HandlersOf, Parts } from '../parts.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import { requireDisinterested, requireOutsider } from '../staffing/interest.ts';
import type { FeedDocument } from './measurement.store.ts';
import { readFeedReadings } from './observation.csv.ts';
import { measuredCriteria } from './observation.ts';
import type { ObservationDocument } from './observation.ts';
import { addObservations, measuringRules, MOST_OFFENCES, observationsFrom } from './recording.ts';
import { overfull } from './withdrawal.ts';

type Handlers = HandlersOf<typeof measurementRoutes>;
type FeedHandlers = Pick<
  Handlers,
  'createFeed' | 'revokeFeed' | 'feedObservations' | 'importFeedObservations'
>;
const hashOf = (token: string) => createHash('sha256').update(token, 'utf8').digest('hex');

/** Data feeds: a device or another system delivers readings of one criterion with a secret of its own. */
export function feedHandlers(parts: Parts): FeedHandlers {
  const { connection, stores, now } = parts;
  return {
    async createFeed(call) {
      const { municipalityId, projectId } = call.params;
      const { criterionId, name } = call.body;
      const project = await stores.projects.get(municipalityId, projectId);
      await requireDisinterested(parts, project, call.person.id, 'assessor-on-team');
      // Until then champions join, proposals are merged and criteria change.
      if (!project.lock) throw new DomainError('criteria-not-locked');
      const known = measuredCriteria(project).some((one) => one.criterionId === criterionId);
      if (!known) throw new DomainError('criterion-unknown');
      const feedId = idFrom(call.operationId, 'fed');
      const token = randomBytes(32).toString('base64url');
      const tokenSha256 = hashOf(token);
      // The record of the operation is kept, so it must not hold the token.
      const made = await once(connection, call, async (session) => {
        const about = { _id: feedId, municipalityId, projectId, criterionId, name, at: now().toISOString() };
        const createdBy = call.person.id;
        // Written, not only read: whoever makes a feed and joins the team at the same time does one of the two.
        const latest = await stores.projects.change(session, projectId, { $inc: { feeds: 1 } });
        requireOutsider(latest!, createdBy, 'assessor-on-team');
        await stores.measurements.insertFeed(session, { ...about, createdBy, tokenSha256, revoked: false });
        return { tokenSha256 };
      });
      return { body: { feedId, token: made.tokenSha256 === tokenSha256 ? token : null } };
    },
    async revokeFeed(call) {
      const { municipalityId, feedId } = call.params;
      const body = await once(connection, call, async (session) => {
        await stores.measurements.getFeed(municipalityId, feedId, session);
        await stores.measurements.revokeFeed(session, feedId);
        return { feedId };
      });
      return { body };
    },
    async feedObservations({ params, body }) {
      const { feed, project } = await opened(parts, params, body.token);
      return { body: await deliver(parts, feed, project, body.readings) };
    },
    async importFeedObservations({ params, body }) {
      const { feed, project } = await opened(parts, params, body.token);
      const read = readFeedReadings(body.csv);
      if ('offences' in read) throw new DomainError('csv-malformed', undefined, read.offences);
      const readings = read.map(({ reading }) => reading);
      return { body: await deliver(parts, feed, project, readings) };
    },
  };
}

/**
 * A feed that may deliver. Its owner may have gained an interest since they made it, so payments is asked again. Where that does
 * not answer, nothing is recorded and the device tries again: each reading counts once.
 * @throws DomainError `feed-token-wrong`, `feed-revoked`, `team-member-measures`, `interested-party`
 */
async function opened(
  parts: Parts,
  { municipalityId, feedId }: { municipalityId: string; feedId: string },
  token: string,
) {
  const { stores, paidLately } = parts;
  const feed = await stores.measurements.getFeed(municipalityId, feedId);
  if (!timingSafeEqual(Buffer.from(hashOf(token)), Buffer.from(feed.tokenSha256)))
    throw new DomainError('feed-token-wrong');
  if (feed.revoked) throw new DomainError('feed-revoked');
  const project = await stores.projects.get(feed.municipalityId, feed.projectId);
  await requireDisinterested(parts, project, feed.createdBy, 'team-member-measures', paidLately);
  return { feed, project };
}

/**
 * Each reading once for ever under its ref; of those that are new, all or none.
 * @throws DomainError `ref-reused` when a ref comes with another reading than before: one of the two would be lost
 */
async function deliver(
  parts: Parts,
  feed: FeedDocument,
  project: ProjectDocument,
  readings: readonly FeedReading[],
): Promise<{ recorded: number; repeated: number }> {
  const { connection, stores } = parts;
  const { flaw } = await measuringRules(parts, project);
  const byRef = new Map(readings.map(({ ref, ...one }) => [ref, { ...one, criterionId: feed.criterionId }]));
  refuseReused(readings.filter(({ ref, ...one }) => !isSame(one, byRef.get(ref)!)).map(({ ref }) => ref));
  const offences = [...byRef].flatMap(([ref, reading]) => {
    const found = flaw(reading);
    return found ? [{ at: placeOf(ref), message: found }] : [];
  });
  if (offences[0]) throw new DomainError(offences[0].message, undefined, offences);
  const seeded = [...byRef].map(([ref, reading]) => ({ seed: `${feed._id}/${ref}`, reading }));
  const all = observationsFrom(parts, project, { via: 'feed', by: feed._id }, seeded);
  const refs = new Map([...byRef.keys()].map((ref, index) => [all[index]!._id, ref]));
  const recorded = await inTransaction(connection, async (session) => {
    const ids = all.map(({ _id }) => _id);
    // A revocation or withdrawal meanwhile is seen: what is delivered after it would stand.
    const { revoked } = await stores.measurements.getFeed(feed.municipalityId, feed._id, session);
    if (revoked) throw new DomainError('feed-revoked');
    const known = await stores.measurements.knownObservations(ids, session);
    const reused = all.filter((one) => !isSame(one, known.get(one._id) ?? one));
    refuseReused(reused.map(({ _id }) => refs.get(_id)!));
    const fresh = all.filter(({ _id }) => !known.has(_id));
    const places = fresh.map((one) => placeOf(refs.get(one._id)!));
    await requireRoom(parts, session, feed, fresh);
    if (fresh.length > 0) await addObservations(parts, session, project._id, feed.createdBy, fresh, places);
    return fresh.length;
  });
  return { recorded, repeated: readings.length - recorded };
}

/** Whoever has a token floods no record with it. @throws DomainError `too-many-readings` with the collections */
async function requireRoom(
  { stores }: Parts,
  session: ClientSession,
  { _id }: FeedDocument,
  fresh: readonly ObservationDocument[],
): Promise<void> {
  const collections = fresh.map(({ collection }) => collection);
  const delivered = await stores.measurements.deliveredBy(_id, [...new Set(collections)], session);
  const offences = overfull(delivered, collections, MOST_IN_COLLECTION).map((collection) => ({
    at: `collections.${collection}`,
    message: 'too-many-readings',
  }));
  if (offences.length > 0)
    throw new DomainError('too-many-readings', `At most ${MOST_IN_COLLECTION} a collection`, offences);
}

const placeOf = (ref: string) => `body.readings.${ref}`;

function refuseReused(refs: readonly string[]): void {
  const offences = [...new Set(refs)].map((ref) => ({ at: placeOf(ref), message: 'ref-reused' }));
  if (offences.length > 0) throw new DomainError('ref-reused', undefined, offences.slice(0, MOST_OFFENCES));
}

type Delivered = Omit<FeedReading, 'ref' | 'unitName' | 'period'> & {
  unitName?: string | null | undefined;
  period?: string | null | undefined;
};

/** Whether two deliveries say the same. */
function isSame(one: Delivered, other: Delivered): boolean {
  const said = ({ collection, observedAt, value, unit, group, unitName, period }: Delivered) =>
    JSON.stringify([collection, observedAt, value, unit, group, unitName ?? null, period ?? null]);
  return said(one) === said(other);
}
