import { DatabaseSync } from 'node:sqlite';

/** As much of a payout event as these examples book by. All fields: packages/event-contracts/asyncapi.json. */
export interface PayoutEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly data: {
    readonly obligationId: string;
    /** In minor units: 12550 EUR is 125.50 €. */
    readonly amount: { readonly amount: number; readonly currency: string };
    readonly fiscalYear: number;
    readonly costCentre: string;
    readonly account: string;
    readonly vatCode: string;
    readonly endToEndId?: string;
  };
}

/** What an event does to the books: paid money counts up, money that came back counts down, the rest is not booked. */
const signs: Readonly<Record<string, 1 | -1>> = {
  'org.talkoot.payout.settled.v1': 1,
  'org.talkoot.payout.returned.v1': -1,
};

/**
 * The books of a small finance system, in an SQLite file. A message may arrive twice (every delivery is "at least once"):
 * remembering it and booking it are one transaction, so it is booked exactly once, also when the power fails in between.
 */
export function openBooks(path: string) {
  const database = new DatabaseSync(path);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS messages (id TEXT PRIMARY KEY) STRICT;
    CREATE TABLE IF NOT EXISTS bookings (
      message TEXT NOT NULL UNIQUE REFERENCES messages (id),
      time TEXT NOT NULL, obligation TEXT NOT NULL, reference TEXT,
      amount INTEGER NOT NULL, currency TEXT NOT NULL,
      year INTEGER NOT NULL, cost_centre TEXT NOT NULL, account TEXT NOT NULL, vat_code TEXT NOT NULL
    ) STRICT`);
  const remember = database.prepare('INSERT OR IGNORE INTO messages VALUES (?)');
  const book = database.prepare('INSERT INTO bookings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');

  const take = (message: string, event: PayoutEvent): 'booked' | 'known' | 'not booked' => {
    if (remember.run(message).changes === 0) return 'known';
    const sign = signs[event.type];
    if (sign === undefined) return 'not booked';
    const { obligationId, endToEndId, amount, fiscalYear, costCentre, account, vatCode } = event.data;
    const value = sign * amount.amount;
    const about = [event.time, obligationId, endToEndId ?? null, value, amount.currency] as const;
    book.run(message, ...about, fiscalYear, costCentre, account, vatCode);
    return 'booked';
  };

  return {
    /** Takes in one message, for good when this returns. Throws, and has taken in nothing, when the file cannot be written. */
    take(message: string, event: PayoutEvent) {
      database.exec('BEGIN IMMEDIATE');
      try {
        const taken = take(message, event);
        database.exec('COMMIT');
        return taken;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
}
