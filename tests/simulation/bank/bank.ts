import type { PayrollReceipt } from '@talkoot/api-contracts/payments';
import { notificationXml, statusReportXml } from '@talkoot/bank-simulator';
import type { Entry, Order } from '@talkoot/bank-simulator';
import type { Mischief } from '../world/mischief.ts';
import type { Process, World } from '../world/world.ts';

/** A payment that the bank or the payroll office was told to make. */
export interface Instruction {
  readonly endToEndId: string;
  readonly obligationId: string;
  readonly amount: { readonly amount: number; readonly currency: string };
  readonly method: 'bank' | 'payroll';
}

/** Money that really moved, whatever anybody was told. */
export interface Movement {
  readonly endToEndId: string;
  readonly obligationId: string;
  readonly amount: number;
  readonly way: 'out' | 'in';
  /** The bank's own mistake: nobody told it to. */
  readonly isMistake: boolean;
  /** What it kept of what came back. */
  readonly fee: number;
}

/** A file that finance takes in: a message as banks write it, or receipts of the payroll office. */
export type Statement = { readonly xml: string } | { readonly receipts: readonly PayrollReceipt[] };

/** A payment by bank, with the payment file that orders it. */
type Told = Instruction & { readonly order: Order };

const hour = 3_600_000;
const day = 24 * hour;

/**
 * The bank and the payroll office: they book, reject, book twice, book and return days later, less a fee sometimes, call settled what they then
 * reject, book without saying what, and answer late, twice and in any order. What they really did is known here, to be held
 * against the ledger.
 */
export class Bank {
  readonly movements: Movement[] = [];
  readonly statements: Statement[] = [];
  /** One for each thing told, however often it is told. */
  readonly references = new Set<string>();
  /** What was booked without details, by the reference of the booking. */
  readonly undetailed = new Map<string, string>();
  /** What came back less a fee, by the reference of the return. */
  readonly fees = new Map<string, { readonly endToEndId: string; readonly fee: number }>();
  readonly #world: World;
  readonly #mischief: Mischief;
  readonly #process: Process = { name: 'bank', alive: true };
  readonly #known = new Set<string>();
  readonly #receipts: PayrollReceipt[] = [];
  readonly #entries: Entry[] = [];
  #messages = 0;
  #underWay = 0;

  /** @param mischief how much may go otherwise than it should, until it is used up */
  constructor(world: World, mischief: Mischief) {
    this.#world = world;
    this.#mischief = mischief;
  }

  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  /**
   * Takes a file of instructions; what comes again is known by its end-to-end ids.
   * @param order the payment file; null for what the payroll office pays
   */
  take(instructions: readonly Instruction[], order: Order | null): void {
    for (const instruction of instructions) {
      if (this.#known.has(instruction.endToEndId)) continue;
      this.#known.add(instruction.endToEndId);
      this.#underWay += 1;
      this.#world.spawn(`payment ${instruction.endToEndId}`, async () => {
        await (order ? this.#pay({ ...instruction, order }) : this.#payWage(instruction));
        this.#underWay -= 1;
      });
    }
  }

  /** What the bank was told to pay and has, less what came back; its own mistakes are not counted. */
  paidByObligation(): Map<string, number> {
    const paid = new Map<string, number>();
    for (const { obligationId, amount, way, isMistake, fee } of this.movements) {
      if (isMistake) continue;
      paid.set(obligationId, (paid.get(obligationId) ?? 0) + (way === 'out' ? amount : -amount - fee));
    }
    return paid;
  }

  async #pay(payment: Told): Promise<void> {
    const { random } = this.#world;
    const goesWrong = (probability: number) => random.chance(probability) && this.#mischief.isLeft();
    await this.#world.sleep(this.#process, random.between(0, day));
    // Said long before it is booked, and no promise that it will be.
    if (random.chance(0.5)) this.#report(payment, 'ACSC');
    await this.#world.sleep(this.#process, random.between(0, 2 * day));
    if (goesWrong(0.25)) return this.#reject(payment);
    this.#move(payment, 'out');
    this.#book(payment, 'settled', { isUndetailed: goesWrong(0.1) });
    if (goesWrong(0.1)) {
      this.#move(payment, 'out', { isMistake: true });
      this.#book(payment, 'settled');
    }
    if (goesWrong(0.2)) {
      await this.#world.sleep(this.#process, random.between(0, 5 * day));
      const { amount } = payment.amount;
      const fee = amount > 1 && random.chance(0.3) ? random.between(1, Math.min(500, amount - 1)) : 0;
      const back = { ...payment, amount: { ...payment.amount, amount: amount - fee } };
      this.#move(back, 'in', { fee });
      this.#book(back, 'returned', { fee });
    }
  }

  /** The payee gets what is left of it; contributions come on top. */
  async #payWage(wage: Instruction): Promise<void> {
    const { random } = this.#world;
    await this.#world.sleep(this.#process, random.between(0, 3 * day));
    if (random.chance(0.25) && this.#mischief.isLeft()) {
      this.#tellReceipt(wage, {
        status: 'rejected',
        withheld: 0,
        net: 0,
        employerCost: 0,
        reasonCode: 'AC04',
      });
      return;
    }
    const gross = wage.amount.amount;
    const net = random.between(0, gross);
    this.#move({ ...wage, amount: { ...wage.amount, amount: net } }, 'out');
    this.#tellReceipt(wage, {
      status: 'paid',
      withheld: gross - net,
      net,
      employerCost: random.between(0, 900),
    });
  }

  #move(
    { endToEndId, obligationId, amount }: Instruction,
    way: Movement['way'],
    { isMistake = false, fee = 0 } = {},
  ): void {
    this.movements.push({ endToEndId, obligationId, amount: amount.amount, way, isMistake, fee });
  }

  #reject(payment: Told): void {
    const reference = this.#reference();
    this.#report(payment, 'RJCT', reference);
    this.#world.tell(`bank: rejected ${payment.endToEndId} as ${reference}`);
  }

  #book(payment: Told, as: 'settled' | 'returned', { isUndetailed = false, fee = 0 } = {}): void {
    const reference = this.#reference();
    this.#tellEntry(payment.order, entryOf(payment, as, reference, isUndetailed));
    if (isUndetailed) this.undetailed.set(reference, payment.endToEndId);
    if (fee > 0) this.fees.set(reference, { endToEndId: payment.endToEndId, fee });
    this.#world.tell(
      `bank: ${as} ${payment.endToEndId} as ${reference}${isUndetailed ? ', without details' : ''}${fee > 0 ? `, less ${fee}` : ''}`,
    );
  }

  #reference(): string {
    const reference = `REF${this.references.size + 1}`;
    this.references.add(reference);
    return reference;
  }

  /** Often alone, sometimes with older ones again. */
  #tellReceipt(
    { obligationId, endToEndId, amount }: Instruction,
    told: Pick<PayrollReceipt, 'status' | 'withheld' | 'net' | 'employerCost' | 'reasonCode'>,
  ): void {
    const run = this.#reference();
    const date = new Date(this.#world.now).toISOString().slice(0, 10);
    const { amount: gross, currency } = amount;
    const receipt = { obligationId, reference: endToEndId, run, date, currency, gross, ...told };
    this.statements.push({ receipts: this.#withOlder(receipt, this.#receipts) });
    this.#world.tell(`payroll office: ${told.status} ${endToEndId} as ${run}`);
  }

  #tellEntry(order: Order, entry: Entry): void {
    const entries = this.#withOlder(entry, this.#entries);
    const news = this.#world.random.chance(0.2) ? [{ ...entry, status: 'PDNG' }] : [];
    this.#send(
      notificationXml({ ...this.#header('N'), iban: order.debtorIban, entries: [...news, ...entries] }),
    );
  }

  #report({ endToEndId, amount, order }: Told, status: 'ACSC' | 'RJCT', messageId?: string): void {
    const { random } = this.#world;
    const cents = { cents: amount.amount, currency: amount.currency };
    const reason = status === 'RJCT' ? { reason: 'AC04' } : {};
    const report = {
      ...this.#header('S'),
      ...(messageId === undefined ? {} : { messageId }),
      originalMessageId: order.messageId,
      status: 'PART',
      informations: [
        { informationId: order.informationId, transfers: [{ endToEndId, status, amount: cents, ...reason }] },
      ],
    };
    this.#send(statusReportXml(report, random.pick(['pain.002.001.03', 'pain.002.001.14'])));
  }

  #header(sign: string) {
    this.#messages += 1;
    return { messageId: `${sign}${this.#messages}`, at: new Date(this.#world.now) };
  }

  /** A message, sometimes as two equal files. */
  #send(xml: string): void {
    this.statements.push({ xml });
    if (this.#world.random.chance(0.1)) this.statements.push({ xml });
  }

  #withOlder<T>(one: T, all: T[]): T[] {
    const { random } = this.#world;
    const again = all.length > 0 && random.chance(0.3) ? random.some(all).slice(0, 3) : [];
    all.push(one);
    return random.chance(0.5) ? [one, ...again] : [...again, one];
  }
}

function entryOf(
  { endToEndId, amount }: Instruction,
  as: 'settled' | 'returned',
  reference: string,
  isUndetailed: boolean,
): Entry {
  const returned = as === 'returned' ? { returned: 'AC06' } : {};
  return {
    reference,
    amount: amount.amount,
    currency: amount.currency,
    direction: as === 'settled' ? 'DBIT' : 'CRDT',
    status: 'BOOK',
    ...(isUndetailed ? { batched: 1 } : {}),
    parts: isUndetailed ? [] : [{ reference, endToEndId, amount: amount.amount, ...returned }],
  };
}
