import type { Route } from '../registry/document.ts';

/** Whether the route's `match.names` and `exclude` leave this name in. Tags are judged where they are known. */
export function isSelected(route: Route, name: string): boolean {
  const { match, exclude } = route.spec;
  if (match?.names !== undefined && !match.names.some((pattern) => matchesGlob(pattern, name))) return false;
  return !(exclude ?? []).some((pattern) => matchesGlob(pattern, name));
}

/** Whether the secret's tags satisfy `match.tags`. Tags narrow what a route takes, they never widen it. */
export function hasTags(route: Route, tags: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(route.spec.match?.tags ?? {});
  return wanted.every(([key, value]) => Object.hasOwn(tags, key) && tags[key] === value);
}

/**
 * Whether a source feeds the route as far as its tags go. `latest` is undefined of one that is deleted: of that, as of a
 * disabled one, no read tells the tags, so it keeps the claim it had.
 */
export function keepsTags(
  route: Route,
  latest: { enabled: boolean; tags: Readonly<Record<string, string>> } | undefined,
): boolean {
  return latest === undefined || !latest.enabled || hasTags(route, latest.tags);
}

/** `*` any run, `?` one character. Two pointers instead of a regular expression: linear in practice, never exponential. */
export function matchesGlob(pattern: string, name: string): boolean {
  let p = 0;
  let star = -1;
  let resume = 0;
  for (let n = 0; n < name.length;) {
    if (pattern[p] === '?' || pattern[p] === name[n]) {
      p += 1;
      n += 1;
    } else if (pattern[p] === '*') {
      star = p;
      resume = n;
      p += 1;
    } else if (star >= 0) {
      p = star + 1;
      resume += 1;
      n = resume;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(p));
}
