import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { execa } from 'execa';

/** Says in words which process listens on a local port. */
export async function holderOf(port: number): Promise<string> {
  const pid = process.platform === 'linux' ? listenerFromProc(port) : await listenerFromLsof(port);
  if (pid === undefined) return 'a process of another user';
  return `process ${pid} (${await commandOf(pid)})`;
}

function listenerFromProc(port: number): number | undefined {
  const inodes = new Set([
    ...listeningInodes('/proc/net/tcp', port),
    ...listeningInodes('/proc/net/tcp6', port),
  ]);
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  const holder = pids.find((pid) => socketsOf(pid).some((inode) => inodes.has(inode)));
  return holder === undefined ? undefined : Number(holder);
}

const listening = '0A';

function listeningInodes(table: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = readOr(table, '')
    .split('\n')
    .map((row) => row.trim().split(/\s+/));
  return rows.flatMap((row) =>
    row[1]?.endsWith(`:${hex}`) && row[3] === listening && row[9] ? [row[9]] : [],
  );
}

function socketsOf(pid: string): string[] {
  try {
    const files = readdirSync(`/proc/${pid}/fd`);
    return files.flatMap((file) => /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${file}`))?.[1] ?? []);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

async function listenerFromLsof(port: number): Promise<number | undefined> {
  const { stdout, failed } = await execa('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'], {
    reject: false,
  });
  const pid = Number((stdout ?? '').split('\n')[0]);
  return failed || !pid ? undefined : pid;
}

async function commandOf(pid: number): Promise<string> {
  const arguments_ = readOr(`/proc/${pid}/cmdline`, '').replaceAll('\0', ' ').trim();
  if (arguments_) return shortened(arguments_);
  const { stdout } = await execa('ps', ['-o', 'command=', '-p', String(pid)], { reject: false });
  return shortened((stdout ?? '').trim() || 'unknown command');
}

function shortened(command: string): string {
  return command.length > 120 ? `${command.slice(0, 117)}...` : command;
}

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return fallback;
  }
}
