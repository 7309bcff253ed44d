import { decodeLeaf, leafLength, readManifest } from '@talkoot/ballot-protocol';
import { ballotOpener, leafChecker } from '@talkoot/ballot-protocol/node';
import { folderPublication, verify } from '@talkoot/ballot-protocol/verifier';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '../side/serve.ts';

/** What a piece of work took: processor time of all threads, wall time, and the most memory ever held. */
export interface Cost {
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly peakMiB: number;
}

const [folder = ''] = process.argv.slice(2);

/** The most memory this program ever held: `getrusage` would tell its parent's, which the kernel hands on to a new process. */
function peakMiB(): number {
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))!;
  return Number(kilobytes) / 1_024;
}

async function costOf(work: () => Promise<void>): Promise<Cost> {
  const [before, begun] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return {
    cpuSeconds: (user + system) / 1e6,
    seconds: (performance.now() - begun) / 1_000,
    peakMiB: peakMiB(),
  };
}

serve(
  {
    /** Everything `talkoot verify` does. */
    verify: () =>
      costOf(async () => {
        const report = await verify(folderPublication(folder));
        if (!report.holds)
          throw new Error(JSON.stringify(report.checks.filter(({ state }) => state !== 'passed')));
      }),
    /** The signatures and seals of the same ballots, one after the other in one thread, and nothing else. */
    bare: (secretKey: Uint8Array) =>
      costOf(async () => {
        // As in the verifier's threads.
        Error.stackTraceLimit = 0;
        const binding = readManifest(readFileSync(join(folder, 'manifest.json')));
        const [check, open] = [leafChecker(binding), ballotOpener(binding, secretKey)];
        const size = leafLength(binding.manifest);
        for await (const chunk of createReadStream(join(folder, 'board.bin'), {
          highWaterMark: 256 * size,
        })) {
          const bytes = chunk as Buffer;
          for (let at = 0; at < bytes.length; at += size) {
            const leaf = bytes.subarray(at, at + size);
            if (!check(leaf).accepted || !open(decodeLeaf(binding.manifest, leaf)!))
              throw new Error('a bad ballot');
          }
        }
      }),
  },
  async () => undefined,
);
