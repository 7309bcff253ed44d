import type { SettlementLineShape } from '@talkoot/api-contracts/payments';
import type { z } from 'zod';
import type { Mischief } from '../world/mischief.ts';
import type { Process, World } from '../world/world.ts';

/** A payment that the bank was told to make. */
export interface Instruction {
  readonly endToEndId: string;
  readonly obligationId: string;
  readonly amount: { readonly amount: number; readonly currency: string };
  readonly method: 'bank' | 'payroll';
}

/** Money that really moved at the bank, whatever anybody was told. */
export interface Movement {
  readonly endToEndId: string;
  readonly obligationId: string;
  readonly amount: number;
  readonly way: 'out' | 'in';
  /** The bank's own mistake: nobody told it to. */
  readonly isMistake: boolean;
}

export type SettlementLine = z.infer<typeof SettlementLineShape>;

/** A file of answers that finance takes in. */
export type Statement = readonly SettlementLine[];

const hour = 3_600_000;
const day = 24 * hour;

/**
 * The bank and the payroll office: they book, reject, book twice, book and return days later, answer late, twice and in any
 * order. What they really did is known here, to be held against the ledger.
 */
export class Bank {
  readonly movements: Movement[] = [];
  readonly statements: Statement[] = [];
  readonly #world: World;
  readonly #mischief: Mischief;
  readonly #process: Process = { name: 'bank', alive: true };
  readonly #known = new Map<string, Instruction>();
  #references = 0;
  #underWay = 0;

  /** @param mischief how much may go otherwise than it should, until it is used up */
  constructor(world: World, mischief: Mischief) {
    this.#world = world;
    this.#mischief = mischief;
  }

  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  /** Takes a file of instructions; one that comes again is known by its end-to-end ids. */
  take(instructions: readonly Instruction[]): void {
    for (const instruction of instructions) {
      if (this.#known.has(instruction.endToEndId)) continue;
      this.#known.set(instruction.endToEndId, instruction);
      this.#underWay += 1;
      this.#world.spawn(`payment ${instruction.endToEndId}`, async () => {
        await this.#pay(instruction);
        this.#underWay -= 1;
      });
    }
  }

  /** What the bank was told to pay and has, less what came back; its own mistakes are not counted. */
  paidByObligation(): Map<string, number> {
    const paid = new Map<string, number>();
    for (const { obligationId, amount, way, isMistake } of this.movements) {
      if (isMistake) continue;
      paid.set(obligationId, (paid.get(obligationId) ?? 0) + (way === 'out' ? amount : -amount));
    }
    return paid;
  }

  async #pay(instruction: Instruction): Promise<void> {
    const { random } = this.#world;
    await this.#world.sleep(this.#process, random.between(0, 3 * day));
    const goesWrong = (probability: number) => random.chance(probability) && this.#mischief.isLeft();
    if (goesWrong(0.25)) return this.#answer(instruction, 'rejected', { reasonCode: 'AC04' });
    this.#move(instruction, 'out');
    this.#answer(instruction, 'settled');
    if (goesWrong(0.1)) {
      this.#move(instruction, 'out', true);
      this.#answer(instruction, 'settled');
    }
    if (goesWrong(0.2)) {
      await this.#world.sleep(this.#process, random.between(0, 5 * day));
      this.#move(instruction, 'in');
      this.#answer(instruction, 'returned', { reasonCode: 'AC06' });
    }
  }

  #move({ endToEndId, obligationId, amount }: Instruction, way: Movement['way'], isMistake = false): void {
    this.movements.push({ endToEndId, obligationId, amount: amount.amount, way, isMistake });
  }

  /** Puts a line into the file of the day, often alone, sometimes with older ones again. */
  #answer(
    { endToEndId, amount }: Instruction,
    status: SettlementLine['status'],
    more: { readonly reasonCode?: string } = {},
  ): void {
    this.#references += 1;
    const bankReference = `REF${this.#references}`;
    const line = { endToEndId, status, amount: { ...amount }, bankReference, ...more } as SettlementLine;
    const { random } = this.#world;
    const older = this.statements.flat();
    const again = older.length > 0 && random.chance(0.3) ? random.some(older).slice(0, 3) : [];
    this.statements.push(random.chance(0.5) ? [line, ...again] : [...again, line]);
    this.#world.tell(`bank: ${status} ${endToEndId} as ${bankReference}`);
  }
}
