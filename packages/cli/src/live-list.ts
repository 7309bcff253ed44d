import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';

/** A list on the terminal whose lines appear, change and are ticked off as news arrive. */
export interface LiveList {
  update(name: string, what: string, done: boolean): void;
  /** Leaves the list as it is; news after that are not shown. */
  close(): void;
}

interface Item {
  readonly what: string;
  readonly done: boolean;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Shows news of things that start at the same time, one line each. */
export function createLiveList(terminal: NodeJS.WriteStream): LiveList {
  const items = new Map<string, Item>();
  const show = createLogUpdate(terminal);
  let frame = 0;
  let closed = false;
  const draw = (): void => show(linesOf(items, frames[frame++ % frames.length] ?? ''));
  const timer = setInterval(draw, 100).unref();
  return {
    update(name, what, done) {
      if (closed) return;
      items.set(name, { what, done });
      draw();
    },
    close() {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      show(linesOf(items, ' '));
      show.done();
    },
  };
}

function linesOf(items: ReadonlyMap<string, Item>, spinner: string): string {
  return [...items]
    .map(([name, { what, done }]) => {
      const mark = done ? styleText('green', '✔') : styleText('yellow', spinner);
      return `${mark} ${name}: ${what}`;
    })
    .join('\n');
}
