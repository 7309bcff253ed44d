import { DomainError } from '@talkoot/http-service';
import type { Role } from '@talkoot/api-contracts';
import { readOrder } from '@talkoot/bank-simulator';
import { isOpen } from '../../../services/payments/src/obligation/obligation.ts';
import type { SuspenseDocument } from '../../../services/payments/src/settlement/settlement.store.ts';
import type { Instruction } from '../bank/bank.ts';
import { Violation } from '../world/world.ts';
import type { Process } from '../world/world.ts';
import type { RouteName } from './service.ts';
import { municipalityId } from './place.ts';
import type { Town } from './town.ts';

const minute = 60_000;
const hour = 60 * minute;

interface Person {
  readonly id: string;
  readonly roles: readonly Role[];
}
interface Acting {
  readonly town: Town;
  readonly process: Process;
  readonly person: Person;
  operations: number;
}

/** Everybody who acts on payouts. Each does the same again and again until there is nothing left to do. */
export function peopleAct(town: Town): void {
  for (const number of [1, 2]) act(town, person(`per-clerk-${number}`, 'finance-clerk'), proposing);
  act(town, person('per-approver', 'payout-approver', 'finance-clerk'), approving);
  act(town, person('per-releaser', 'payout-releaser'), releasing);
  // Somebody with every role tries to be two of the three.
  act(town, person('per-everything', 'finance-clerk', 'payout-approver', 'payout-releaser'), doingEverything);
  act(town, person('per-messenger', 'finance-clerk'), carryingInstructions);
  act(town, person('per-treasurer', 'finance-clerk'), keepingAccounts);
  act(town, person('per-resolver-1', 'finance-clerk'), resolving);
  for (const number of [1, 2])
    act(town, person(`per-importer-${number}`, 'finance-clerk'), importing(number));
  for (const id of town.payees) act(town, person(id, 'resident'), beingPaid);
}

const person = (id: string, ...roles: Role[]): Person => ({ id, roles });

const registrar = person('per-registrar', 'finance-clerk');

function act(town: Town, person: Person, doing: (acting: Acting) => Promise<void>): void {
  const acting = { town, person, process: { name: person.id, alive: true }, operations: 0 };
  town.world.spawn(person.id, () => doing(acting));
}

/**
 * Does something under a key of its own and repeats it under the same key until the answer is heard, sometimes once more.
 * @returns the answer; null when it was refused
 */
async function once(
  acting: Acting,
  route: RouteName,
  given: { readonly params?: object; readonly body?: unknown },
): Promise<unknown> {
  const { town, process, person } = acting;
  const key = `${person.id}-${(acting.operations += 1)}`;
  const asked = { ...given, params: { municipalityId, ...given.params }, person, key };
  try {
    const answer = await town.service.askUntilHeard(process, route, asked);
    if (town.world.random.chance(town.world.faults.repeat)) {
      const again = await town.service.askUntilHeard(process, route, asked);
      requireSame(answer, again, `${route} under one key`);
    }
    return answer;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    town.world.tell(`${person.id}: ${route} is refused: ${error.message}`);
    return null;
  }
}

function requireSame(first: unknown, second: unknown, what: string): void {
  const [a, b] = [JSON.stringify(first), JSON.stringify(second)];
  if (a !== b) throw new Violation(`${what} was answered with ${a} and with ${b}`);
}

async function read<T>(
  { town, process, person }: Acting,
  route: RouteName,
  params: object = {},
  query = {},
): Promise<T> {
  const given = { params: { municipalityId, ...params }, query, person };
  return (await town.service.askUntilHeard(process, route, given)) as T;
}

/** Waits until there is something to do; false when there never will be. */
async function more({ town, process }: Acting, what: string, isThere: () => boolean): Promise<boolean> {
  await town.world.until(process, what, () => town.isOver() || isThere());
  if (town.isOver()) return false;
  // Often everybody at once, sometimes after a night.
  await town.world.sleep(
    process,
    town.world.random.between(0, town.world.random.pick([0, 300, minute, 9 * hour])),
  );
  return true;
}

async function proposing(acting: Acting): Promise<void> {
  const { town } = acting;
  const { random } = town.world;
  const areOpen = () => town.books.obligations().some(({ state }) => isOpen(state));
  while (await more(acting, 'open obligations', areOpen)) {
    const { items } = await read<{ items: { obligationId: string; pilotId: string; state: never }[] }>(
      acting,
      'listObligations',
      {},
      { limit: 100 },
    );
    const open = items.filter(({ state }) => isOpen(state));
    if (open.length === 0) continue;
    const { pilotId } = random.pick(open);
    const ids = open.filter((one) => one.pilotId === pilotId).map(({ obligationId }) => obligationId);
    if (random.chance(0.05) && town.mischief.isLeft()) {
      await cancel(acting, random.pick(ids));
    } else await once(acting, 'proposeBatch', { body: { obligationIds: random.some(ids) } });
  }
}

/** One person proposes to cancel, another one confirms. */
async function cancel(acting: Acting, obligationId: string): Promise<void> {
  const params = { obligationId };
  const proposal = { params, body: { reason: 'Cannot be paid' } };
  const proposed = (await once(acting, 'proposeCancellation', proposal)) as {
    cancellation: { sha256: string } | null;
  } | null;
  if (!proposed?.cancellation) return;
  const confirming = { ...acting, person: person('per-canceller', 'payout-approver') };
  const body = { proposalSha256: proposed.cancellation.sha256 };
  await once(confirming, 'confirmCancellation', { params, body });
}

interface ShownBatch {
  readonly batchId: string;
  readonly sha256: string;
}

/** One of the batches in a state, as the service shows them; null when there is none. */
async function someBatch(acting: Acting, state: string): Promise<ShownBatch | null> {
  const { items } = await read<{ items: ShownBatch[] }>(acting, 'listBatches', {}, { state, limit: 100 });
  return items.length === 0 ? null : acting.town.world.random.pick(items);
}

const areBatches =
  ({ town }: Acting, state: string) =>
  () =>
    town.books.batches().some((batch) => batch.state === state);

async function approving(acting: Acting): Promise<void> {
  const { town } = acting;
  const { random } = town.world;
  while (await more(acting, 'proposed batches', areBatches(acting, 'proposed'))) {
    const batch = await someBatch(acting, 'proposed');
    if (!batch) continue;
    const params = { batchId: batch.batchId };
    if (random.chance(0.1) && town.mischief.isLeft()) {
      await once(acting, 'refuseBatch', { params, body: { reason: 'Not yet' } });
    } else await sign(acting, 'approveBatch', batch);
  }
}

async function releasing(acting: Acting): Promise<void> {
  while (await more(acting, 'approved batches', areBatches(acting, 'approved'))) {
    const batch = await someBatch(acting, 'approved');
    if (batch) await sign(acting, 'releaseBatch', batch);
  }
}

async function doingEverything(acting: Acting): Promise<void> {
  const { town } = acting;
  const { random } = town.world;
  let before = 0;
  const isAnyNew = () => town.books.batches().length > before;
  while (await more(acting, 'another batch', isAnyNew)) {
    const open = town.books.obligations().filter(({ state }) => isOpen(state));
    if (open.length > 0) {
      const proposal = { body: { obligationIds: [random.pick(open)._id] } };
      const mine = (await once(acting, 'proposeBatch', proposal)) as ShownBatch | null;
      if (mine) await sign(acting, 'approveBatch', mine);
    }
    for (const state of random.some(['proposed', 'approved'])) {
      const batch = await someBatch(acting, state);
      if (batch) await sign(acting, state === 'proposed' ? 'approveBatch' : 'releaseBatch', batch);
    }
    before = town.books.batches().length;
  }
}

const sign = (acting: Acting, route: 'approveBatch' | 'releaseBatch', { batchId, sha256 }: ShownBatch) =>
  once(acting, route, { params: { batchId }, body: { batchSha256: sha256 } });

/** Takes what is instructed to the bank and the payroll office, sometimes twice. */
async function carryingInstructions(acting: Acting): Promise<void> {
  const { town } = acting;
  const carried = new Set<string>();
  const isLeft = () =>
    town.books.batches().some(({ _id, state }) => state === 'instructed' && !carried.has(_id));
  while (await more(acting, 'instructed batches', isLeft)) {
    const left = town.books.batches().filter(({ _id, state }) => state === 'instructed' && !carried.has(_id));
    if (left.length === 0) continue;
    const { _id: batchId } = town.world.random.pick(left);
    const { lines } = await read<{ lines: Instruction[] }>(acting, 'getBatch', { batchId });
    if (!(await handOver(acting, batchId, lines))) continue;
    if (!town.world.random.chance(town.world.faults.repeat)) carried.add(batchId);
  }
}

/** Payments by bank go as a payment file, all others to the payroll office. */
async function handOver(acting: Acting, batchId: string, payments: Instruction[]): Promise<boolean> {
  const { town } = acting;
  const banked = payments.filter(({ method }) => method === 'bank');
  if (banked.length > 0) {
    if (!(await once(acting, 'makeBankFile', { params: { batchId } }))) return false;
    const order = readOrder(await read<string>(acting, 'downloadBankFile', { batchId }));
    const ordered = order.transfers.map(({ endToEndId, amount }) => `${endToEndId} ${amount}`);
    const expected = banked.map(({ endToEndId, amount }) => `${endToEndId} ${amount.amount}`);
    requireSame(expected.toSorted(), ordered.toSorted(), `batch and payment file ${batchId}`);
    town.bank.take(banked, order);
  }
  town.world.tell(`bank takes ${batchId}`);
  town.bank.take(
    payments.filter((one) => !banked.includes(one)),
    null,
  );
  return true;
}

/** Two people put the account in force that payments are made from. */
async function keepingAccounts(acting: Acting): Promise<void> {
  const body = { currency: 'EUR', name: 'Lintulan kaupunki', iban: 'FI4950009420028730', bic: null };
  const proposed = (await once(acting, 'proposeDebtorAccount', { body })) as { accountId: string };
  const authority = { ...acting, person: person('per-authority', 'budget-authority') };
  await once(authority, 'confirmDebtorAccount', { params: { accountId: proposed.accountId } });
}

/** What was booked without details, and what came back less a fee: one person asks the bank and says so, another one confirms. */
async function resolving(acting: Acting): Promise<void> {
  const { town } = acting;
  const confirming = { ...acting, person: person('per-resolver-2', 'finance-clerk', 'payout-approver') };
  const found = () =>
    town.books
      .suspense()
      .filter(({ state }) => state !== 'resolved')
      .flatMap((item) => resolutionOf(town, item) ?? []);
  while (await more(acting, 'suspense that is understood', () => found().length > 0)) {
    const [one] = found();
    if (!one) continue;
    const params = { suspenseId: one.suspenseId };
    const body = { resolution: one.resolution, reason: 'The bank said so' };
    const proposed = (await once(acting, 'proposeResolution', { params, body })) as {
      proposal: { sha256: string };
    } | null;
    if (!proposed) continue;
    const confirmation = { params, body: { proposalSha256: proposed.proposal.sha256 } };
    await once(confirming, 'confirmResolution', confirmation);
  }
}

/** What the bank really did; nothing while the payment is not where this leads on from. */
function resolutionOf(
  { bank, books }: Town,
  { _id, code, reference, currency }: SuspenseDocument,
): { readonly suspenseId: string; readonly resolution: object } | null {
  const attemptOf = (endToEndId: string) => books.attempts().find((one) => one.endToEndId === endToEndId);
  const returned = bank.fees.get(reference);
  const back = returned && attemptOf(returned.endToEndId);
  if (returned && back?.state === 'settled') {
    const fee = { amount: returned.fee, currency };
    return { suspenseId: _id, resolution: { as: 'returned', attemptId: back._id, fee } };
  }
  const undetailed = code === 'no-details' ? bank.undetailed.get(reference) : undefined;
  const attempt = undetailed === undefined ? undefined : attemptOf(undetailed);
  // What another booking has settled meanwhile was booked twice, and stays in suspense.
  if (attempt?.state !== 'in-transit') return null;
  return { suspenseId: _id, resolution: { as: 'matched', attemptIds: [attempt._id] } };
}

/** Two people take in the files of the bank and the payroll office, in any order; many files come to both. */
const importing =
  (number: number) =>
  async (acting: Acting): Promise<void> => {
    const { town } = acting;
    const { random } = town.world;
    const taken = new Set<number>();
    const isMine = (file: number) => !taken.has(file) && (file % 2 === number - 1 || file % 3 === 0);
    const left = () => [...town.bank.statements.keys()].filter(isMine);
    while (await more(acting, 'statements', () => left().length > 0)) {
      const file = random.pick(left());
      const statement = town.bank.statements[file]!;
      if ('xml' in statement) await once(acting, 'importBankMessage', { body: statement.xml });
      else await once(acting, 'importPayrollReceipts', { body: statement });
      taken.add(file);
      town.taken.add(file);
    }
  };

/** Says how to be paid, may change it, may decline what is owed. */
async function beingPaid(acting: Acting): Promise<void> {
  const { town, person } = acting;
  const { random } = town.world;
  await town.world.sleep(acting.process, random.between(0, random.pick([minute, 2 * hour])));
  const isContractor = person.id === town.contractor;
  const ask = (route: RouteName, params: object, body: unknown, by: Person) =>
    town.service.askUntilHeard(acting.process, route, {
      params: { municipalityId, ...params },
      body,
      person: by,
    });
  const account = { method: 'bank', iban: 'FI21 1234 5600 0007 85', name: 'Somebody' };
  const isBanked = isContractor || random.chance(0.7);
  await ask('putPayeeDetails', {}, isBanked ? account : { method: 'payroll' }, person);
  if (isBanked) {
    // Only who is registered is paid by a bank; others by the payroll office.
    const registration = { evidence: 'Seen in the register', until: '2030-01-01' };
    await ask('recordRegistration', { payeeId: person.id }, registration, registrar);
  }
  if (!random.chance(0.15)) return;
  const mine = () => town.books.obligations().filter(({ payeeId }) => payeeId === person.id);
  if (!(await more(acting, 'my share', () => mine().length > 0))) return;
  await once(acting, 'declineObligation', { params: { obligationId: random.pick(mine())._id } });
}
