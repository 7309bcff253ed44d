import { closeSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { PayoutEvent } from './payout.event.ts';
import { payoutJson } from './payout.line.ts';

/** What was taken in already: an event is delivered at least once, and source and id together are unique. */
export interface Journal {
  has(event: PayoutEvent): boolean;
  /** Takes an event in, for good when this returns. */
  add(event: PayoutEvent): void;
  close(): void;
}

type Identified = Pick<PayoutEvent, 'source' | 'id'>;
const keyOf = ({ source, id }: Identified) => `${source} ${id}`;

/** Remembers while the program runs; afterwards only the group's offsets tell what was read. */
export function journalInMemory(): Journal {
  const seen = new Set<string>();
  return {
    has: (event) => seen.has(keyOf(event)),
    add: (event) => void seen.add(keyOf(event)),
    close: () => {},
  };
}

/**
 * A file with one event on each line, which stands for the books of a finance system: writing an event and knowing it
 * are one act, so that a crash between effect and offset repeats nothing.
 */
export function journalIn(path: string): Journal {
  const file = openSync(path, 'a+');
  const text = readFileSync(path, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  // A crash in the middle of a line left an event that was not taken in.
  ftruncateSync(file, Buffer.byteLength(whole));
  const lines = whole.split('\n').filter((line) => line !== '');
  const seen = new Set(lines.map((line) => keyOf(JSON.parse(line) as Identified)));
  return {
    has: (event) => seen.has(keyOf(event)),
    add(event) {
      writeSync(file, `${payoutJson(event)}\n`);
      fdatasyncSync(file);
      seen.add(keyOf(event));
    },
    close: () => closeSync(file),
  };
}
