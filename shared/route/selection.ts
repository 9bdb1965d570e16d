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
