import type { LifecycleKind, StateOf, Wait } from '@talkoot/workflow-contracts';
import type { Notice } from '../activities/lifecycle.activities.ts';
import type { Deadline } from './wait.ts';

const templates = { remind: 'reminder', overdue: 'overdue', escalate: 'escalation', end: 'overdue' } as const;

/** Who hears of a deadline that passed: whoever is awaited, or the next rung of the ladder. */
export function noticeOf<K extends LifecycleKind>(
  { kind, id, municipalityId, projectId }: StateOf<K>,
  wait: Wait,
  deadline: Deadline,
  step: number,
): Notice {
  return {
    noticeId: `${kind}-${id}-${step}`,
    municipalityId,
    projectId,
    to: deadline.does === 'escalate' ? deadline.to : wait.awaiting,
    template: templates[deadline.does],
    subject: { kind, id },
    wait: wait.name,
    dueAt: wait.due,
  };
}
