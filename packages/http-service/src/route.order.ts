import type { ApiSpec, RouteSpec } from '@talkoot/api-contracts';

type Named = [name: string, spec: RouteSpec];

/** Routes by path, the literal before the parameter, so that `/polls/open` is never taken for the poll `open`. */
export function groupByPath(routes: ApiSpec['routes']): [path: string, named: Named[]][] {
  const groups = Map.groupBy(Object.entries(routes), ([, spec]) => spec.path);
  return [...groups].sort(([a], [b]) => compare(a, b));
}

function compare(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const difference = Number(left[at]?.includes('{')) - Number(right[at]?.includes('{'));
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * An OpenAPI path as Express writes it: `{id}` becomes `:id`, and signs that mean something there are escaped.
 * @param rest the parameter that may hold slashes, if one may
 */
export function expressPath(path: string, rest: string | null = null): string {
  return path
    .split(/(\{\w+\})/)
    .map((part) =>
      part.startsWith('{')
        ? `${part === `{${rest}}` ? '*' : ':'}${part.slice(1, -1)}`
        : part.replaceAll(/[:*?+()[\]!\\{}]/g, '\\$&'),
    )
    .join('');
}
