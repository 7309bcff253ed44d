import type { Role } from '@talkoot/api-contracts';
import { lifecycles } from '@talkoot/workflow-contracts';
import type { Instant, LifecycleKind, LifecycleState, RecordedStep, Wait } from '@talkoot/workflow-contracts';
import { specOf } from '../lifecycle/wait.ts';
import { planWait } from './charter.calendar.ts';
import type { Clients } from './clients.ts';

export interface WaitOpening {
  readonly kind: LifecycleKind;
  readonly name: string;
  readonly pilotId: string;
  readonly since: Instant;
  readonly from?: Instant;
  readonly duration?: string;
  readonly due?: Instant;
}

export interface Notice {
  readonly noticeId: string;
  readonly municipalityId: string;
  readonly projectId: string | null;
  readonly to: string;
  readonly template: 'reminder' | 'overdue' | 'escalation';
  readonly subject: { readonly kind: LifecycleKind; readonly id: string };
  readonly wait: string;
  readonly dueAt: Instant;
}

/** What every lifecycle needs: its steps recorded, its waits timed, people told. */
export function lifecycleActivities(clients: Clients, site: { readonly publicUrl: string | null }) {
  return {
    /** Records the step at the service that owns the lifecycle; unique there on its number. */
    async recordStep(state: LifecycleState, step: RecordedStep): Promise<{ page: string | null }> {
      const params = { kind: state.kind, lifecycleId: state.id };
      // The contract's shape is the same state with the names of phases and waits as plain text.
      const body = { step, state } as unknown as Parameters<Clients['projects']['recordStep']>[0]['body'];
      await clients[lifecycles[state.kind].owner].recordStep({ params, body });
      return { page: pageOf(site.publicUrl, state) };
    },

    /** Computes, once, when a wait reminds, is due, escalates and is given up. */
    async openWait({ kind, name, pilotId, ...timing }: WaitOpening): Promise<Wait> {
      const { charter } = await clients.projects.getCharter({ params: { pilotId } });
      return planWait({ calendar: charter, kind, name, spec: specOf(kind, name), ...timing });
    },

    async notify(notice: Notice): Promise<void> {
      const { noticeId, projectId, to, ...body } = notice;
      const people = relations[to] && projectId ? await peopleOf(clients, projectId, to) : null;
      const receivers = people?.map((personId) => ({ personId })) ?? [{ role: to as Role }];
      if (to === 'system' || (relations[to] && !projectId)) return;
      for (const [at, receiver] of receivers.entries()) {
        const params = { noticeId: people ? `${noticeId}-${at}` : noticeId };
        await clients.identity.notify({ params, body: { ...body, to: receiver } });
      }
    },
  };
}

/** Those who are awaited by their relation to a project rather than by a role, by the pots they share in. */
const relations: Readonly<Record<string, readonly string[]>> = {
  champion: ['champions'],
  lead: ['civil-servants'],
  team: ['champions', 'civil-servants', 'volunteers'],
};

async function peopleOf(clients: Clients, projectId: string, to: string): Promise<string[]> {
  const { members } = await clients.projects.getTeam({ params: { projectId } });
  const people = members.filter(({ pot }) => relations[to]?.includes(pot)).map(({ personId }) => personId);
  return [...new Set(people)].sort();
}

/** Where citizens read about it; a batch has no public page of its own. */
function pageOf(publicUrl: string | null, state: LifecycleState): string | null {
  if (publicUrl === null) return null;
  const { municipalityId, projectId, roundId, pilotId } = state;
  const path = {
    pilot: `pilots/${pilotId}`,
    round: `rounds/${state.id}`,
    project: `projects/${state.id}`,
    poll: projectId ? `projects/${projectId}` : `rounds/${roundId}`,
    measurement: `projects/${projectId}`,
    batch: `pilots/${pilotId}`,
  }[state.kind];
  return `${publicUrl.replace(/\/$/, '')}/m/${municipalityId}/${path}`;
}
