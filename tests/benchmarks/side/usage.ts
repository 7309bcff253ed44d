import { readFileSync } from 'node:fs';

/** What a process holds and has used, by the operating system's own account. */
export interface Usage {
  readonly residentMiB: number;
  readonly cpuSeconds: number;
}

/** Linux counts processor time in hundredths of a second, whatever the kernel's own clock. */
const TICKS = 100;

/** @throws Error where there is no /proc */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The command name may hold spaces and brackets: count fields after its last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return {
    residentMiB: Number(resident ?? 0) / 1_024,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
  };
}

/** What processes use while nothing happens: percent of one core over so many milliseconds, and memory at the end. */
export async function idleUsage(
  pids: readonly number[],
  ms: number,
): Promise<{ percent: number; residentMiB: number }[]> {
  const before = pids.map(usageOf);
  const begun = performance.now();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const seconds = (performance.now() - begun) / 1_000;
  return pids.map(usageOf).map((after, index) => ({
    percent: ((after.cpuSeconds - (before[index]?.cpuSeconds ?? 0)) / seconds) * 100,
    residentMiB: after.residentMiB,
  }));
}
