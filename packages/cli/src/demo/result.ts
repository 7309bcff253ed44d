import type { Money } from '@talkoot/api-contracts';
import { outcomeOf } from './acts/outcome.act.ts';
import { obligations } from './acts/payout.act.ts';
import { recordOf } from './acts/record.act.ts';
import { municipalityOf, projectParams } from './play.ts';
import type { Play, PlayedProject } from './play.ts';

/** What came of a pilot: the same plan gives the same bytes, whatever was killed on the way. */
export interface Result {
  readonly pilot: { phase: string; limit: Money };
  readonly projects: readonly {
    id: string;
    phase: string;
    votes: number;
    cost: Money;
    funded: boolean;
    reason: string;
    /** How each criterion was estimated; null where it could not be. */
    methods: readonly (string | null)[];
    score: string | null;
    bonus: Money | null;
  }[];
  readonly polls: readonly {
    kind: string;
    project: string | null;
    outcome: string;
    roll: number;
    ballots: number;
    /** Of them, as the desks counted. */
    onPaper: number;
    /** Devices that followed their ballot and found it on the board. */
    found: number;
    /** Checks of the recount that passed, of all. */
    recounted: string | null;
  }[];
  readonly payouts: readonly { project: string; payee: string; amount: Money; state: string }[];
  /** What outcome contracts pay, in currency units. */
  readonly outcomes: readonly { project: string; amount: string; currency: string; reason: string }[];
  readonly funds: readonly {
    fund: string;
    allotted: number;
    available: number;
    setAside: number;
    used: number;
  }[];
  /** Performance records; which criterion was contested, and what counts of it since. */
  readonly records: readonly {
    person: string;
    score: string | null;
    contested: readonly {
      criterion: string;
      recorded: string | null;
      figure: string | null;
      contest: string;
    }[];
  }[];
  readonly ledger: { balanced: boolean; debit: number; credit: number };
  /** Over the batches of the pilot. Which payments the bank rejects or sends back depends on their ids, their number does not. */
  readonly reconciliation: {
    batches: number;
    rejected: number;
    returned: number;
    /** Settled less returned, in minor units. */
    paid: number;
    inTransit: number;
    /** Every payment is accounted for, and payments agree with the ledger to the cent. */
    complete: boolean;
  };
}

/** Reads the result from the public record and the finance lists. */
export async function readResult(play: Play): Promise<Result> {
  const params = { ...municipalityOf(play), pilotId: play.pilotId };
  const pilot = await play.visitor.projects.getPilot({ params });
  const funds = await play.visitor.payments.getPilotFunds({ params });
  const ledger = await play.visitor.payments.getTrialBalance({
    params: municipalityOf(play),
    query: { pilotId: play.pilotId },
  });
  const projects = [...play.projects.values()].sort((a, b) => order(a.plan.key, b.plan.key));
  return {
    pilot: { phase: pilot.phase, limit: funds.limit },
    projects: await Promise.all(projects.map((project) => projectResult(play, project))),
    polls: await pollsOf(play),
    payouts: await payoutsOf(play),
    outcomes: await outcomesOf(play),
    funds: funds.funds.map(({ fund, allotted, available, setAside, used }) => ({
      fund,
      allotted: allotted.amount,
      available: available.amount,
      setAside: setAside.amount,
      used: used.amount,
    })),
    records: await recordsOf(play),
    ledger: { balanced: ledger.balanced, ...sumsIn(ledger.totals) },
    reconciliation: reconciliationOf(await reconciliations(play)),
  };
}

/** A pilot has one currency. */
function sumsIn(totals: readonly { readonly debit: number; readonly credit: number }[]) {
  const [{ debit, credit } = { debit: 0, credit: 0 }] = totals;
  return { debit, credit };
}

/** What became of each batch of the pilot, in the order of their ids. */
export async function reconciliations(play: Play) {
  const clerk = play.official('finance-clerk').payments;
  const params = municipalityOf(play);
  const query = { pilotId: play.pilotId, limit: 200 };
  const { items } = await clerk.listBatches({ params, query });
  return Promise.all(
    items.map(({ batchId }) => clerk.getBatchReconciliation({ params: { ...params, batchId } })),
  );
}

function reconciliationOf(batches: Awaited<ReturnType<typeof reconciliations>>): Result['reconciliation'] {
  const sum = (of: (one: (typeof batches)[number]) => number) =>
    batches.reduce((total, one) => total + of(one), 0);
  return {
    batches: batches.length,
    rejected: sum(({ rejected }) => rejected.recorded.payments),
    returned: sum(({ returned }) => returned.recorded.payments),
    paid: sum(({ settled, returned }) => settled.recorded.amount.amount - returned.recorded.amount.amount),
    inTransit: sum(({ inTransit }) => inTransit.recorded.amount.amount),
    complete: batches.every(({ complete }) => complete),
  };
}

async function projectResult(play: Play, project: PlayedProject): Promise<Result['projects'][number]> {
  const record = await play.visitor.projects.getProject({ params: projectParams(play, project) });
  const funded = record.allocation?.funded ?? false;
  const bonus = funded
    ? await play.visitor.payments.getBonus({ params: projectParams(play, project) }).catch(() => null)
    : null;
  const assessment = funded
    ? await play.visitor.projects.getAssessment({ params: projectParams(play, project) }).catch(() => null)
    : null;
  return {
    id: project.plan.key,
    phase: record.phase,
    votes: record.allocation?.votes ?? 0,
    cost: record.allocation?.cost ?? record.cost,
    funded,
    reason: record.allocation?.reasonCode ?? record.phase,
    methods: assessment?.draft.criteria.map(({ method }) => method) ?? [],
    score: record.finalScore?.score ?? null,
    bonus: bonus?.current.payable ?? null,
  };
}

async function pollsOf(play: Play): Promise<Result['polls']> {
  const results = play.polls.map(async ({ pollId, kind, project, found, recount }) => {
    const params = { ...municipalityOf(play), pollId };
    const { outcome, roll, ballots } = await play.visitor.ballots.getPollResult({ params });
    const desks = await play.visitor.ballots.listDesks({ params });
    const onPaper = desks.items.reduce((sum, { entered }) => sum + (entered ?? 0), 0);
    const passed = recount?.checks.filter(({ state }) => state === 'passed').length;
    const recounted = recount ? `${passed}/${recount.checks.length}` : null;
    return { kind, project, outcome, roll, ballots, onPaper, found: found ?? 0, recounted };
  });
  return (await Promise.all(results)).sort(
    (a, b) => order(a.kind, b.kind) || order(a.project ?? '', b.project ?? ''),
  );
}

async function outcomesOf(play: Play): Promise<Result['outcomes']> {
  const explained = [...play.projects].map(async ([project, played]) => {
    const told = await outcomeOf(play, played);
    if (told === null) return [];
    const { amount, currency, reason } = told.decision;
    return [{ project, amount, currency, reason }];
  });
  return (await Promise.all(explained)).flat().sort((a, b) => order(a.project, b.project));
}

/** The civil servants whom the demo's manager assigns. */
export const assigned = ['civil-servant-1', 'civil-servant-2'] as const;

async function recordsOf(play: Play): Promise<Result['records']> {
  const records = assigned.map(async (person) => {
    const record = await recordOf(play, person);
    if (record === null) return [];
    const contested = record.entries
      .filter(({ contest }) => contest !== 'none')
      .map(({ criterion, recorded, figure, contest }) => ({ criterion, recorded, figure, contest }));
    return [{ person, score: record.score, contested }];
  });
  return (await Promise.all(records)).flat();
}

async function payoutsOf(play: Play): Promise<Result['payouts']> {
  const keyOfProject = new Map([...play.projects].map(([key, { projectId }]) => [projectId, key]));
  const keyOfPerson = new Map<string, string>(
    play.residents.map(({ personId, key }) => [personId, nameOf(key)]),
  );
  for (const key of [...assigned, 'investor'] as const) keyOfPerson.set(play.official(key).personId, key);
  const all = await obligations(play);
  return all
    .map(({ projectId, payeeId, amount, state }) => ({
      project: keyOfProject.get(projectId)!,
      payee: keyOfPerson.get(payeeId) ?? 'unknown',
      amount,
      state,
    }))
    .sort((a, b) => order(a.project, b.project) || order(a.payee, b.payee));
}

/** `resident-12.lintula` → `resident-12`. */
const nameOf = (key: string) => key.split('.', 1)[0]!;
const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
