import { ApiProblem, ServiceUnreachable } from '@talkoot/api-contracts';
import { cosignedAt, issuanceOrigin, readManifest } from '@talkoot/ballot-protocol';
import type { Manifest, NoteKey } from '@talkoot/ballot-protocol';
import { verifySignature } from '@talkoot/ballot-protocol/node';
import type { Command } from 'commander';
import { PollRefused, refusingPlainly } from '../poll.errors.ts';
import { aboutPoll, addressesOfIssuers, httpAddress, placeOfPoll } from '../poll.place.ts';
import { tell } from '../../terminal.ts';
import type { IssuerOptions, PollPlace } from '../poll.place.ts';
import { agreementOf } from './log.comparison.ts';
import type { Agreement } from './log.comparison.ts';
import { readBoard, readHead, readIssuance } from './log.reading.ts';
import type { CosignedHead, PollLog } from './log.reading.ts';
import { largestOf, teach } from './teaching.ts';

interface LogsOptions extends IssuerOptions {
  readonly witness: readonly string[];
  readonly teach?: string;
}

/** `talkoot poll logs`: what the three logs of a poll show of themselves, and what witnesses saw of them. */
export function registerLogs(poll: Command): void {
  aboutPoll(poll.command('logs'))
    .description(
      'Hold the board and both issuance logs of a poll against what witnesses last cosigned of them',
    )
    .option('--witness <url...>', 'addresses of witnesses to ask', [])
    .option('--identity-url <url>', "the municipality's issuer (default: $IDENTITY_URL, or the local stack)")
    .option('--auditor-url <url>', "the auditor's issuer (default: $AUDITOR_URL, or the local stack)")
    .option(
      '--teach <url>',
      'a witness that lost its database: it learns the largest tree that is shown of each log',
    )
    .action((pollId: string, options: LogsOptions) =>
      refusingPlainly(async () => {
        const place = await placeOfPoll(pollId, options);
        const { manifest } = readManifest(
          Buffer.from(await place.ballots.getManifest({ params: place.poll })),
        );
        const seen = await whatIsSeen(place, manifest, options);
        const taught = options.teach === undefined ? [] : await teachAll(httpAddress(options.teach), seen);
        tell(options, { logs: seen.map(dataOf), taught }, [
          ...seen.flatMap(inWords),
          ...taught.map(({ origin, size }) => `taught: ${origin}, ${leaves(size)}`),
        ]);
        requireAgreement(seen);
      }),
    );
}

interface Seen {
  readonly log: PollLog;
  /** Names of the manifest's witnesses whose lines are on the log's checkpoint. */
  readonly cosignedBy: readonly string[];
  readonly witnesses: readonly Shown[];
}
interface Shown {
  readonly url: string;
  readonly says: Agreement | 'silent' | 'refuses';
  readonly head: CosignedHead;
  /** Why there is no answer. */
  readonly why: string | null;
}

async function whatIsSeen(place: PollPlace, manifest: Manifest, options: LogsOptions): Promise<Seen[]> {
  const urls = options.witness.map(httpAddress);
  const addresses = await addressesOfIssuers(options);
  const { board, issuers } = manifest;
  const boardKey = { name: board.origin, publicKey: Buffer.from(board.publicKey, 'hex') };
  const ofBoard = await askAll(urls, boardKey);
  const sizes = new Set(ofBoard.flatMap(({ head }) => (head ? [head.size] : [])));
  const seen = [held(manifest, await readBoard(place, manifest, sizes), ofBoard)];
  for (const [at, issuer] of issuers.entries()) {
    const name = issuanceOrigin(board.origin, issuer.name);
    const asked = await askAll(urls, { name, publicKey: Buffer.from(issuer.logKey, 'hex') });
    seen.push(held(manifest, await readIssuance(place, manifest, issuer, addresses[at]!), asked));
  }
  return seen;
}

type Asked = Omit<Shown, 'says'> & { readonly says: 'silent' | 'refuses' | null };

const askAll = (urls: readonly string[], key: NoteKey): Promise<Asked[]> =>
  Promise.all(
    urls.map(async (url): Promise<Asked> => {
      try {
        return { url, head: await readHead(url, key), says: null, why: null };
      } catch (error) {
        const isAnswer = error instanceof ApiProblem || error instanceof PollRefused;
        if (!isAnswer && !(error instanceof ServiceUnreachable)) throw error;
        return { url, head: null, says: isAnswer ? 'refuses' : 'silent', why: isAnswer ? error.code : null };
      }
    }),
  );

function held(manifest: Manifest, log: PollLog, asked: readonly Asked[]): Seen {
  const witnesses = asked.map(({ says, ...one }) => ({
    ...one,
    says: says ?? agreementOf(one.head ?? { size: 0, root: log.root }, log),
  }));
  const cosignedBy = manifest.witnesses
    .filter(({ name, publicKey }) => {
      const key = { name, publicKey: Buffer.from(publicKey, 'hex') };
      return cosignedAt(log.checkpoint.note, key, verifySignature) !== undefined;
    })
    .map(({ name }) => name);
  return { log, cosignedBy, witnesses };
}

/** @throws PollRefused `log-forked` before anything is taught; what a witness answers */
async function teachAll(url: string, seen: readonly Seen[]): Promise<{ origin: string; size: number }[]> {
  requireUnforked(seen);
  const taught: { origin: string; size: number }[] = [];
  for (const { log, witnesses } of seen) {
    if ((await readHead(url, log.key)) !== null) continue;
    const heads = witnesses.flatMap(({ head }) => (head ? [head] : []));
    const largest = largestOf([log.checkpoint, ...heads]);
    await teach(url, largest);
    taught.push({ origin: log.key.name, size: largest.size });
  }
  return taught;
}

/** @throws PollRefused `log-forked`, `log-behind` */
function requireAgreement(seen: readonly Seen[]): void {
  requireUnforked(seen);
  const behind = whereSaid('ahead', seen);
  if (behind) throw new PollRefused('log-behind', `${behind.key.name}: a witness cosigned more leaves.`);
}

/** @throws PollRefused `log-forked` */
function requireUnforked(seen: readonly Seen[]): void {
  const forked = whereSaid('forked', seen);
  if (forked) throw new PollRefused('log-forked', `${forked.key.name}: a witness cosigned other leaves.`);
}

const whereSaid = (what: Agreement, seen: readonly Seen[]): PollLog | undefined =>
  seen.find(({ witnesses }) => witnesses.some(({ says }) => says === what))?.log;

const leaves = (size: number) => `${size} ${size === 1 ? 'leaf' : 'leaves'}`;

const dataOf = ({ log: { key, size }, cosignedBy, witnesses }: Seen) => ({
  origin: key.name,
  size,
  cosignedBy,
  witnesses: witnesses.map(({ url, says, head, why }) => ({ url, says, size: head?.size ?? null, why })),
});

function inWords({ log, cosignedBy, witnesses }: Seen): string[] {
  return [
    `${log.key.name}: ${leaves(log.size)}, cosigned by ${cosignedBy.join(', ') || 'nobody'}`,
    ...witnesses.map(({ url, says, head, why }) => {
      const size = head === null ? '' : `${leaves(head.size)}, `;
      return `  ${url}: ${size}${meanings[says]}${why === null ? '' : ` (${why})`}`;
    }),
  ];
}

const meanings: Readonly<Record<Shown['says'], string>> = {
  same: 'the same',
  earlier: 'the beginning of it; the next checkpoint brings the rest',
  ahead: 'MORE THAN THE LOG HAS: ask again; if it stays so, the log is behind',
  forked: 'OTHER LEAVES: the log is forked',
  nothing: 'nothing: it never cosigned this log, or lost its database',
  unknown: 'of this size the log shows nothing: it cannot be compared',
  silent: 'does not answer',
  refuses: 'refuses',
};
