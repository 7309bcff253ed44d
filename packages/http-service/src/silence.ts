import type { RouteSpec } from '@talkoot/api-contracts';

const silent: { readonly method: string; readonly path: RegExp }[] = [];

/** Remembers a route that telemetry must not see. */
export function keepSilent(spec: RouteSpec): void {
  const parts = spec.path.split(/(\{\w+\})/).map((part) => {
    if (part.startsWith('{')) return part === `{${spec.rest}}` ? '[^?]+' : '[^/?]+';
    return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  silent.push({ method: spec.method, path: new RegExp(`^${parts.join('')}(\\?|$)`) });
}

/** True for a request to a silent route. Asked before Express has seen it, so it goes by the address. */
export function isSilent(method: string | undefined, url: string | undefined): boolean {
  return silent.some((one) => one.method === method && one.path.test(url ?? ''));
}
