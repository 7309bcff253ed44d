/** Says on stderr what is being measured: a line for each stage, and a live count on a terminal. */
export interface Progress {
  stage(title: string): void;
  count(done: number, all: number): void;
  end(): void;
}

export function progressOn(out: NodeJS.WriteStream): Progress {
  const begun = performance.now();
  let title = '';
  const clear = () => out.isTTY && out.write('\r\u001B[K');
  return {
    stage(next) {
      clear();
      title = next;
      out.write(`${((performance.now() - begun) / 1_000).toFixed(0).padStart(4)} s  ${title}\n`);
    },
    count(done, all) {
      if (out.isTTY) out.write(`\r\u001B[K        ${done} of ${all}`);
    },
    end: () => void clear(),
  };
}
