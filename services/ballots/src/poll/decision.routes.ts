import type { Role } from '@talkoot/api-contracts';
import type { BallotsApi } from '@talkoot/api-contracts/ballots';
import type { Call, Handlers } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import { waitChangers } from '@talkoot/workflow-contracts';
import type { Ballots } from '../ballots.ts';
import { requireDueWithin, requireWindow } from './poll.windows.ts';
import type { EndingAct } from './poll.windows.ts';

type Routes = Pick<
  Handlers<BallotsApi>,
  | 'freezePollRoll'
  | 'openPoll'
  | 'closePoll'
  | 'endCasting'
  | 'endComplaints'
  | 'publishPoll'
  | 'requestPollAnnulment'
  | 'confirmPollAnnulment'
  | 'appealPoll'
  | 'decidePollAppeal'
  | 'endPollAppeals'
  | 'requestPollWaitChange'
  | 'confirmPollWaitChange'
>;

interface PollCall extends Pick<Call, 'operationId' | 'bodyHash' | 'person' | 'rolesHere'> {
  readonly params: { readonly municipalityId: string; readonly pollId: string };
}

interface Taken {
  readonly name: string;
  readonly as: Role;
  readonly data?: unknown;
  readonly check?: () => Promise<void>;
}

/** Decisions that move a poll. The workflow decides whether it is their turn; what the manifest binds is refused before. */
export function decisionRoutes({ connection, record, polls, appeals, now }: Ballots): Routes {
  const decide = async (call: PollCall, { data = {}, ...taken }: Taken) => {
    const { municipalityId, pollId } = call.params;
    const decision = { kind: 'poll' as const, lifecycleId: pollId, municipalityId, data, ...taken };
    return { body: { ...(await record.decide(call, decision)) } };
  };
  const asOfficer = (name: string) => (call: PollCall) => decide(call, { name, as: 'poll-officer' });
  const ending = (name: EndingAct, as: Role) => (call: PollCall) =>
    decide(call, {
      name,
      as,
      check: async () => {
        const { windows } = await polls.get(call.params.pollId, call.params.municipalityId);
        requireWindow(windows, name, now());
      },
    });
  const withReason = (call: PollCall, purpose: string, reason: string) =>
    storeText(connection, call, call.params.municipalityId, purpose, reason);
  const requireDue = async ({ params }: PollCall, due: string | undefined) => {
    if (due === undefined) return;
    const { windows } = await polls.get(params.pollId, params.municipalityId);
    const state = await record.stateOf('poll', params.pollId);
    requireDueWithin(windows, state?.wait?.name ?? null, due);
  };
  return {
    freezePollRoll: asOfficer('freeze-roll'),
    openPoll: ending('open', 'poll-officer'),
    closePoll: ending('close', 'poll-officer'),
    endCasting: ending('end-casting', 'poll-officer'),
    endComplaints: ending('end-complaints', 'poll-officer'),
    publishPoll: asOfficer('publish'),
    endPollAppeals: ending('end-appeals', 'appeal-body'),

    async requestPollAnnulment(call) {
      const reason = await withReason(call, 'annulment-request', call.body.reason);
      return decide(call, { name: 'request-annulment', as: 'poll-officer', data: { reason } });
    },

    async confirmPollAnnulment(call) {
      const reason = await withReason(call, 'annulment', call.body.reason);
      const check = () => appeals.record(call.operationId, call.params.pollId, true);
      return decide(call, { name: 'confirm-annulment', as: 'appeal-body', data: { reason }, check });
    },

    async appealPoll(call) {
      const reason = await withReason(call, 'appeal', call.body.reason);
      return decide(call, { name: 'appeal', as: 'resident', data: { reason } });
    },

    async decidePollAppeal(call) {
      const { upheld } = call.body;
      const reason = await withReason(call, 'appeal-decision', call.body.reason);
      // Recorded before the workflow hears of it: a step that annuls the poll refers to it.
      const check = () => appeals.record(call.operationId, call.params.pollId, upheld);
      return decide(call, { name: 'decide-appeal', as: 'appeal-body', data: { upheld, reason }, check });
    },

    async requestPollWaitChange(call) {
      const { change, due } = call.body;
      const reason = await withReason(call, 'wait-change', call.body.reason);
      const data = { change, ...(due === undefined ? {} : { due }), reason };
      const as = changerAmong(call.rolesHere);
      return decide(call, { name: 'request-change', as, data, check: () => requireDue(call, due) });
    },

    async confirmPollWaitChange(call) {
      const { change, due } = call.body;
      const data = { change, ...(due === undefined ? {} : { due }) };
      return decide(call, { name: 'confirm-change', as: changerAmong(call.rolesHere), data });
    },
  };
}

/** The access of the route has made sure that there is one. */
function changerAmong(roles: readonly Role[]): Role {
  return waitChangers.find((role) => roles.includes(role))!;
}
