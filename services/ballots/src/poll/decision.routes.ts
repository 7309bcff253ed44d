import type { BallotsApi } from '@talkoot/api-contracts/ballots';
import type { Call, Handlers } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import type { Role } from '@talkoot/api-contracts';
import { waitChangers } from '@talkoot/workflow-contracts';
import type { Ballots } from '../ballots.ts';

type Routes = Pick<
  Handlers<BallotsApi>,
  | 'freezePollRoll'
  | 'openPoll'
  | 'closePoll'
  | 'publishPoll'
  | 'requestPollWaitChange'
  | 'confirmPollWaitChange'
>;

interface PollCall extends Pick<Call, 'operationId' | 'bodyHash' | 'person' | 'rolesHere'> {
  readonly params: { readonly municipalityId: string; readonly pollId: string };
}

/** Decisions that move a poll. The workflow decides whether it is their turn. */
export function decisionRoutes({ connection, record }: Ballots): Routes {
  const decide = async (call: PollCall, name: string, as: Role, data: unknown) => {
    const { municipalityId, pollId } = call.params;
    const decision = { kind: 'poll' as const, lifecycleId: pollId, municipalityId, name, as, data };
    return { body: { ...(await record.decide(call, decision)) } };
  };
  const asOfficer = (name: string) => (call: PollCall) => decide(call, name, 'poll-officer', {});
  return {
    freezePollRoll: asOfficer('freeze-roll'),
    openPoll: asOfficer('open'),
    closePoll: asOfficer('close'),
    publishPoll: asOfficer('publish'),

    async requestPollWaitChange(call) {
      const { change, due, reason } = call.body;
      const reference = await storeText(connection, call, call.params.municipalityId, 'wait-change', reason);
      const data = { change, ...(due === undefined ? {} : { due }), reason: reference };
      return decide(call, 'request-change', changerAmong(call.rolesHere), data);
    },

    async confirmPollWaitChange(call) {
      const { change, due } = call.body;
      const data = { change, ...(due === undefined ? {} : { due }) };
      return decide(call, 'confirm-change', changerAmong(call.rolesHere), data);
    },
  };
}

/** The access of the route has made sure that there is one. */
function changerAmong(roles: readonly Role[]): Role {
  return waitChangers.find((role) => roles.includes(role))!;
}
