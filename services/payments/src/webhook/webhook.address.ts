import { DomainError } from '@talkoot/http-service';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Where events may be sent. */
export interface AddressRule {
  /** True in a local stack only: this very machine may be told too, and without TLS. */
  readonly loopback: boolean;
}

/**
 * The address of an endpoint, as far as its text tells. Names are judged once more at each connection, by what they resolve to.
 * @throws DomainError `webhook-address-refused`
 */
export function checkedUrl(text: string, rule: AddressRule): URL {
  const url = URL.parse(text);
  const refuse = (why: string) => new DomainError('webhook-address-refused', why);
  if (!url) throw refuse('This is no address');
  if (url.username || url.password) throw refuse('An address holds no user name and no password');
  if (url.hash) throw refuse('An address has no part after #');
  const host = hostOf(url);
  const here = rule.loopback && (host === 'localhost' || isLoopback(host));
  if (url.protocol !== 'https:' && !(here && url.protocol === 'http:')) throw refuse('Write it as https://');
  if (isIP(host) !== 0 && !mayConnect(host, rule)) throw refuse('It leads into a private network');
  return url;
}

/** The host of an address, an IPv6 address without its brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

/** Whether a connection to this IP address may be opened. */
export function mayConnect(ip: string, { loopback }: AddressRule): boolean {
  return isPublic(ip) || (loopback && isLoopback(ip));
}

function isLoopback(ip: string): boolean {
  return isIP(ip) !== 0 && ipaddr.process(ip).range() === 'loopback';
}

/**
 * Allows what is public rather than refusing what is known to be private. An IPv4 address inside an IPv6 one is judged as
 * itself where it is merely written so, and refused where a gateway would translate it (NAT64, 6to4, Teredo).
 */
function isPublic(ip: string): boolean {
  if (isIP(ip) === 0) return false;
  const address = ipaddr.process(ip);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || globalUnicast(address as ipaddr.IPv6);
}

/** 2000::/3 is all that is handed out. */
const globalUnicast = (address: ipaddr.IPv6): boolean => address.match(ipaddr.IPv6.parse('2000::'), 3);
