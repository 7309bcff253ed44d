import type { Team } from '../../../services/payments/src/context.ts';
import { isClosed } from '../../../services/payments/src/obligation/obligation.ts';
import type { Random } from '../world/random.ts';
import type { Process } from '../world/world.ts';
import { municipalityId } from './place.ts';
import type { Town } from './town.ts';

export interface Project {
  readonly projectId: string;
  readonly pilotId: string;
  readonly cost: number;
  readonly team: Team;
  /** Owed to a contractor, out of the commitment; 0 for none. */
  readonly contracted: number;
}

const euros = (amount: number) => ({ amount, currency: 'EUR' });
const pots = ['civil-servants', 'champions', 'volunteers'] as const;

/** One or two pilots with a few small projects each. */
export function someProjects(random: Random): Project[] {
  const number = random.between(1, 3);
  return Array.from({ length: number }, (_, at) => ({
    projectId: `prj-${at + 1}`,
    pilotId: `pil-${random.between(1, 2)}`,
    cost: random.between(10_000, 900_000),
    contracted: random.chance(0.4) ? random.between(1, 9_000) : 0,
    team: {
      members: Array.from({ length: random.between(1, 4) }, (_one, member) => {
        const pot = random.pick(pots);
        return {
          personId: `per-member-${at + 1}-${member + 1}`,
          pot,
          worksAs: pot,
          weight: random.between(1, 3),
          minutes: random.between(10, 200),
        };
      }),
      pots: { 'civil-servants': 4, champions: 3, volunteers: 3 },
    },
  }));
}

/** What the worker does for a project from its funding to its end, each activity at least once. */
export function projectsRun(town: Town): void {
  for (const project of town.projects) {
    town.world.spawn(project.projectId, () => courseOf(town, project));
  }
}

async function courseOf(town: Town, project: Project): Promise<void> {
  const { projectId, pilotId, cost } = project;
  const { service } = town;
  const insist = (route: Parameters<typeof service.insist>[1], params: object, body: object) =>
    service.insist(`${route} of ${projectId}`, route, { params: { ...params }, body });
  const limit = {
    limit: euros(10_000_000),
    fiscalYear: 2027,
    shares: { round: '0.8', bonus: '0.15', outcome: '0.05' },
  };
  await insist('openFunds', { pilotId }, { municipalityId, ...limit });
  const commitment = {
    municipalityId,
    pilotId,
    roundId: 'rnd-1',
    cost: euros(cost),
    pool: euros(Math.floor(cost / 10)),
  };
  await insist('commitProject', { projectId }, commitment);
  await contract(town, project);
  await insist('releaseProject', { projectId }, { what: 'commitment' });
  const vote = {
    pollId: `pol-${projectId}`,
    assessment: { assessmentId: `asm-${projectId}`, sha256: 'a'.repeat(64), appeal: null },
    score: '3/5',
    payable: true,
    counted: true,
    roll: 100,
    ballots: 20,
  };
  const shares = [{ percent: 100, ballots: 20 }];
  await insist('decideBonus', { projectId }, { municipalityId, pilotId, ...vote, shares });
  // A heartbeat that was late: the activity runs beside its own repetition.
  const split = () => insist('createObligations', { projectId }, { municipalityId, pilotId });
  await Promise.all(town.world.random.chance(0.3) ? [split(), split()] : [split()]);
  const process: Process = { name: projectId, alive: true };
  await town.world.until(process, 'obligations-closed', () => town.closed.has(projectId));
  await insist('releaseProject', { projectId }, { what: 'everything' });
  await town.world.until(process, 'contractors paid', () =>
    town.books.obligations().every((one) => one.projectId !== projectId || isClosed(one.state)),
  );
  town.ended.add(projectId);
}

/** A clerk records what a contractor invoiced, another accepts it: it is owed like any other obligation. */
async function contract(town: Town, { projectId, contracted }: Project): Promise<void> {
  if (contracted === 0) return;
  const clerk = (id: string) => ({ id, roles: ['finance-clerk' as const] });
  const process: Process = { name: `clerk of ${projectId}`, alive: true };
  const body = {
    amount: euros(contracted),
    purpose: 'Racks',
    contractorId: town.contractor,
    procurementReference: 'PR 7',
  };
  const params = { municipalityId, projectId };
  const recorded = { params, body, person: clerk('per-clerk-1'), key: `spend-${projectId}` };
  const { spendingId } = (await town.service.askUntilHeard(process, 'recordSpending', recorded)) as {
    spendingId: string;
  };
  await town.service.askUntilHeard(process, 'acceptSpending', {
    params: { municipalityId, spendingId },
    person: clerk('per-clerk-2'),
    key: `accept-${projectId}`,
  });
}
