import type { pilotRoutes } from '@talkoot/api-contracts/projects';
import type { Money } from '@talkoot/api-contracts';
import { DomainError, idFrom, inTransaction } from '@talkoot/http-service';
import type { Call, Reply } from '@talkoot/http-service';
import type { DecisionAnswer } from '@talkoot/workflow-contracts';
import { ceilingOf, parseFraction } from '../number/fraction.ts';
import type { Parts } from '../parts.ts';
import { requirePermission } from '../pilot/permission.ts';
import type { PilotDocument } from '../pilot/pilot.store.ts';
import { roundBudget } from './budget.ts';
import type { RoundDocument } from './round.store.ts';

type Opening = Reply<DecisionAnswer & { roundId: string; budget: Money }>;

/** Prepares a round with its money and its threshold, then asks the pilot's lifecycle to take it in. */
export async function openRound(parts: Parts, call: Call<typeof pilotRoutes.openRound>): Promise<Opening> {
  const { record, stores } = parts;
  const { municipalityId, pilotId } = call.params;
  const roundId = idFrom(call.operationId, 'rnd');
  const round = (await stores.rounds.prepared(roundId)) ?? (await prepareRound(parts, call, roundId));
  try {
    const answer = await record.decide(call, {
      kind: 'pilot',
      lifecycleId: pilotId,
      municipalityId,
      name: 'open-round',
      as: 'sponsor',
      data: { roundId, budget: round.budget },
    });
    return { body: { ...answer, roundId, budget: round.budget } };
  } catch (error) {
    // Its outcome may still come: only a refusal frees the money again.
    if (error instanceof DomainError && error.code !== 'outcome-unknown') await stores.rounds.forget(roundId);
    throw error;
  }
}

async function prepareRound(
  parts: Parts,
  call: Call<typeof pilotRoutes.openRound>,
  roundId: string,
): Promise<RoundDocument> {
  const { connection, stores, now } = parts;
  const { municipalityId, pilotId } = call.params;
  requirePermission(await stores.pilots.get(municipalityId, pilotId), now());
  const fund = (await parts.neighbours.payments.getFunds({ params: { pilotId } })).round;
  const pilot = await stores.pilots.get(municipalityId, pilotId);
  const electorate = await electorateOf(parts, pilot);
  return inTransaction(connection, async (session) => {
    // Two rounds opened at once collide here, so that neither overlooks the other's money.
    await stores.pilots.countRound(session, pilotId);
    const others = await stores.rounds.ofPilot(municipalityId, pilotId, session);
    const promised = others.filter(({ phase }) => phase !== 'allocated').map(({ budget }) => budget);
    const round: RoundDocument = {
      _id: roundId,
      municipalityId,
      pilotId,
      name: call.body.name,
      budget: roundBudget(call.body.budget, fund, promised),
      electorate,
      threshold: Math.max(1, ceilingOf(parseFraction(pilot.charter.threshold), electorate)),
      phase: 'prepared',
      ideasClosed: false,
      proposals: 0,
      pollId: null,
      at: now().toISOString(),
    };
    await stores.rounds.insert(session, round);
    return round;
  });
}

async function electorateOf(parts: Parts, pilot: PilotDocument): Promise<number> {
  const { minimumAge, districts } = pilot.charter.electorate;
  const answer = await parts.neighbours.identity.getElectorate({
    params: { municipalityId: pilot.municipalityId },
    query: { minimumAge, districts: districts.join(',') },
  });
  return answer.eligible;
}
