import { refuse } from '../lifecycle/decisions.ts';
import type { Refusal } from '../lifecycle/decisions.ts';
import { endAs } from './project.state.ts';
import type { Project, ProjectMove, ProjectRules } from './project.state.ts';

/** A team agreement is signed by at most so many people. */
export const MAX_TEAM = 200;
const whileWorking = ['staffing', 'delivery', 'measurement'] as const;

function sign({ facts }: Project, person: string, sha256: string): ProjectMove | Refusal {
  const { agreement } = facts;
  if (agreement?.sha256 !== sha256) return refuse('hash-mismatch');
  if (!agreement.members.includes(person)) return refuse('not-on-team');
  if (agreement.signed.includes(person)) return refuse('already-decided');
  const signed = [...agreement.signed, person];
  const all = signed.length === agreement.members.length;
  return { ...(all ? { stage: 'baseline' } : {}), facts: { agreement: { ...agreement, signed } } };
}

/** A milestone is accepted by the champion and by the lead civil servant: two people. */
function accept(
  { facts }: Project,
  person: string,
  side: 'champion' | 'lead',
  milestone: string,
): ProjectMove | Refusal {
  const milestones = facts.agreement?.milestones ?? [];
  if (!milestones.includes(milestone)) return refuse('unknown-milestone');
  const sofar = facts.accepted?.[milestone] ?? {};
  if (sofar[side] !== undefined) return refuse('already-decided');
  if (sofar.champion === person || sofar.lead === person) return refuse('same-person-twice');
  const accepted = { ...facts.accepted, [milestone]: { ...sofar, [side]: person } };
  const isAccepted = (one: string) =>
    accepted[one]?.champion !== undefined && accepted[one].lead !== undefined;
  const delivered = milestones.every(isAccepted);
  return {
    ...(delivered ? { phase: 'measurement', stage: 'measurement' } : {}),
    facts: { accepted },
    data: { milestoneId: milestone, accepted: isAccepted(milestone) },
  };
}

/** From staffing to the end of delivery, and abandoning the work. */
export const teamCommands: ProjectRules<
  | 'assign'
  | 'propose-agreement'
  | 'sign-agreement'
  | 'accept-milestone'
  | 'request-abandon'
  | 'confirm-abandon'
> = {
  assign: {
    in: ['staffing', 'delivery'],
    // People fall ill and move on while the work is under way.
    during: ['staffing', 'agreement', 'delivery'],
    decide: ({ stage }, { data: { lead, civilServants } }) => ({
      ...(stage === 'staffing' ? { stage: 'agreement' } : {}),
      facts: { lead, civilServants },
    }),
  },
  'propose-agreement': {
    in: ['staffing'],
    during: ['agreement'],
    decide: (_, { data }) => {
      const members = [...new Set(data.members)];
      if (members.length > MAX_TEAM) return refuse('too-many-members');
      if (data.milestones.length === 0) return refuse('unknown-milestone');
      const { agreementSha256: sha256, milestones } = data;
      return { facts: { agreement: { sha256, members, signed: [], milestones } } };
    },
  },
  'sign-agreement': {
    in: ['staffing'],
    during: ['agreement'],
    decide: (state, { actor, data }) => sign(state, actor.id, data.agreementSha256),
  },
  'accept-milestone': {
    in: ['delivery'],
    during: ['delivery'],
    decide: (state, { actor, data }) =>
      accept(state, actor.id, actor.as === 'lead' ? 'lead' : 'champion', data.milestoneId),
  },
  'request-abandon': {
    in: whileWorking,
    decide: ({ facts }, { actor }) =>
      facts.ending ? refuse('already-decided') : { facts: { abandonRequestedBy: actor.id } },
  },
  'confirm-abandon': {
    in: whileWorking,
    decide: ({ facts }, { actor }) => {
      if (facts.ending) return refuse('already-decided');
      if (facts.abandonRequestedBy === undefined) return refuse('no-change-requested');
      if (facts.abandonRequestedBy === actor.id) return refuse('same-person-twice');
      return endAs('abandoned', 'abandoned');
    },
  },
};
