import { Listr, type ListrTaskWrapper } from 'listr2';

type Task = ListrTaskWrapper<unknown, any, any>;

interface Item {
  readonly finish: () => void;
  task?: Task;
  what: string;
}

/** A list on the terminal whose lines appear, change and are ticked off as news arrive. */
export interface LiveList {
  update(name: string, what: string, done: boolean): void;
  close(): Promise<void>;
}

/** Shows news of things that start at the same time, one line each. */
export function createLiveList(): LiveList {
  const items = new Map<string, Item>();
  const list = new Listr([], {
    concurrent: true,
    exitOnError: false,
    rendererOptions: { collapseSubtasks: false },
  });
  let running: Promise<unknown> | undefined;
  return {
    update(name, what, done) {
      const item = items.get(name) ?? append(list, items, name, what);
      item.what = what;
      if (item.task) item.task.title = `${name}: ${what}`;
      if (done) item.finish();
      running ??= list.run().catch(() => {});
    },
    async close() {
      for (const { finish } of items.values()) finish();
      await running;
    },
  };
}

function append(list: Listr, items: Map<string, Item>, name: string, what: string): Item {
  const { promise, resolve } = Promise.withResolvers<void>();
  const item: Item = { finish: resolve, what };
  items.set(name, item);
  list.add({
    title: `${name}: ${what}`,
    task: async (_context, task) => {
      item.task = task;
      task.title = `${name}: ${item.what}`;
      await promise;
    },
  });
  return item;
}
