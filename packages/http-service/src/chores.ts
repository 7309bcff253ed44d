import type { Logger } from './log.ts';

const EVERY_MINUTE = 60_000;

/** What a service does though nobody asks for it, by name. Each does a bounded piece and is safe to repeat. */
export type Chores = Readonly<Record<string, () => Promise<unknown>>>;

/** Does chores at once and then each minute, one after another. What fails is logged and tried again the next time. */
export function startChores(chores: Chores, log: Logger, everyMs = EVERY_MINUTE): { stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  async function doAll(): Promise<void> {
    for (const [name, chore] of Object.entries(chores)) {
      await chore().catch((error: unknown) => log.error({ err: error, chore: name }, 'chore failed'));
    }
    running = null;
  }
  // A round that takes longer than its time is followed by the next one, not overtaken.
  const start = () => void (running ??= doAll());
  const timer = setInterval(start, everyMs);
  timer.unref();
  start();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
