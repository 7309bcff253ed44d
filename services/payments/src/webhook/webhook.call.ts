import { DomainError } from '@talkoot/http-service';
import { Resolver } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { checkedUrl, hostOf, mayConnect } from './webhook.address.ts';
import type { AddressRule } from './webhook.address.ts';
import { retryAfterMs } from './webhook.ts';
import type { Outcome } from './webhook.ts';

/** Every address of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Sends one message to one address. */
export interface WebhookCaller {
  /** Refuses an address that must not be sent to. @throws DomainError `webhook-address-refused` */
  check(url: string): Promise<void>;
  /** Never throws; `signal` cuts the attempt short. @param deadlineMs when this one has less time than usual */
  post(url: string, message: Message, signal: AbortSignal, deadlineMs?: number): Promise<Outcome>;
}
interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** As much of an answer is read, so that a well-behaved receiver is not cut off; nothing of it is kept. */
const MOST_READ = 16 * 1024;

class NotConnected extends Error {
  override readonly name = 'NotConnected';
  readonly code: 'address-refused' | 'name-unresolved';

  constructor(code: NotConnected['code']) {
    super(code);
    this.code = code;
  }
}

/**
 * Calls endpoints. A name is resolved once for each connection, all its addresses are judged, and the connection goes to
 * what was judged: a name that changes in between leads nowhere else. Redirects are answers like any other and not followed.
 */
export function webhookCaller(options: {
  readonly rule: AddressRule;
  readonly deadlineMs: number;
  readonly resolve?: Resolve;
}): WebhookCaller {
  const { rule, deadlineMs } = options;
  const judged = judgedAddresses(rule, options.resolve ?? resolveByDns);
  return {
    async check(text) {
      const url = checkedUrl(text, rule);
      await judged(hostOf(url)).catch((cause: unknown) => {
        throw new DomainError('webhook-address-refused', whyOf(cause), undefined, { cause });
      });
    },
    async post(text, message, signal, within = deadlineMs) {
      const deadline = AbortSignal.timeout(within);
      const sending = { lookup: lookupFrom(judged), signal: AbortSignal.any([deadline, signal]) };
      const outcome = await send(text, rule, message, sending);
      return 'error' in outcome && deadline.aborted ? { error: 'timeout' } : outcome;
    },
  };
}

const whyOf = (cause: unknown): string =>
  (cause as NotConnected).code === 'address-refused'
    ? 'It leads into a private network'
    : 'No address is known for this name';

/** All addresses of a host, once every one of them may be connected to. @throws NotConnected */
function judgedAddresses(rule: AddressRule, resolve: Resolve): Resolve {
  return async (host) => {
    const addresses = isIP(host) === 0 ? await resolveLocally(host, rule, resolve) : [host];
    if (addresses.length === 0) throw new NotConnected('name-unresolved');
    if (!addresses.every((ip) => mayConnect(ip, rule))) throw new NotConnected('address-refused');
    return addresses;
  };
}

/** This machine's own name is in no DNS. */
const resolveLocally = async (host: string, { loopback }: AddressRule, resolve: Resolve) =>
  loopback && host === 'localhost' ? ['127.0.0.1'] : resolve(host);

/** By DNS itself: the system's look-up would let a slow name server hold up the threads that everything shares. */
async function resolveByDns(host: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  return found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
}

function lookupFrom(judged: Resolve): LookupFunction {
  const ask = callbackify(judged);
  return (host, { all }, callback) =>
    ask(host, (error, addresses) => {
      const found = (addresses ?? []).map((address) => ({ address, family: isIP(address) }));
      if (error || all) callback(error, found);
      else callback(null, found[0]!.address, found[0]!.family);
    });
}

interface Sending {
  readonly lookup: LookupFunction;
  readonly signal: AbortSignal;
}

function send(text: string, rule: AddressRule, message: Message, sending: Sending): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  try {
    const url = checkedUrl(text, rule);
    const headers = { ...message.headers, 'content-length': Buffer.byteLength(message.body) };
    const options = { method: 'POST', agent: false, maxHeaderSize: MOST_READ, headers, ...sending } as const;
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options);
    let answered = false;
    request.on('response', (answer) => {
      answered = true;
      void readAway(answer).then(() => resolve(outcomeOf(answer)));
    });
    const end = (outcome: Outcome) => answered || resolve(outcome);
    request.on('error', (error) => end({ error: codeOf(error) }));
    // An answer that never came, or one that asks for another protocol.
    request.on('close', () => end({ error: 'connection-closed' }));
    request.end(message.body);
  } catch (error) {
    resolve({ error: codeOf(error) });
  }
  return promise;
}

function outcomeOf({ statusCode, headers }: IncomingMessage): Outcome {
  return { status: statusCode ?? 0, retryAfterMs: retryAfterMs(headers['retry-after'], new Date()) };
}

/** Reads an answer to its end, its limit or the deadline, whichever is first; its status counts in each case. */
function readAway(answer: IncomingMessage): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let read = 0;
  answer.on('data', (chunk: Buffer) => {
    read += chunk.length;
    if (read > MOST_READ) answer.destroy();
  });
  answer.on('error', () => undefined);
  answer.on('close', resolve);
  return promise;
}

/** The code of an error; never its message, which may quote the address. */
function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (code === 'webhook-address-refused') return 'address-refused';
  return typeof code === 'string' && /^[A-Za-z0-9_-]{1,60}$/.test(code) ? code : 'connection-closed';
}
