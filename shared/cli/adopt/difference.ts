import type { Route } from '../../registry/document.ts';
import type { LiveSecret } from '../../target/secret.ts';

/**
 * How a live Secret differs from what the route would write, in names of keys only; undefined when it does not.
 * @param data what the route would write
 * @param silent the keys that it cannot make now: key -> why, `secret app-1--pg--password is disabled`
 */
export function differenceOf(
  live: LiveSecret,
  route: Route,
  data: Readonly<Record<string, string>>,
  silent: ReadonlyMap<string, string>,
): string | undefined {
  if (live.type !== route.spec.type) return `its type is ${live.type}, the route makes ${route.spec.type}`;
  if (live.immutable !== route.spec.immutable)
    return live.immutable
      ? 'it is immutable, and the route does not say so: the app would delete it and make it again. Set immutable: true'
      : 'the route makes it immutable, and it is not: adopt it first, and set immutable: true afterwards';
  const [there, made] = [new Map(Object.entries(live.data)), new Map(Object.entries(data))];
  const keys = [...new Set([...there.keys(), ...made.keys()])].sort();
  const differing = keys.filter((key) => there.get(key) !== made.get(key));
  if (differing.length === 0) return undefined;
  const how = (key: string): string => {
    if (!there.has(key)) return `${key} is missing`;
    if (made.has(key)) return `${key} has another value`;
    const why = silent.get(key);
    return why === undefined ? `${key} is not the route's` : `${key} cannot be compared: ${why}`;
  };
  return `its content is not what the route would write: ${differing.map(how).join(', ')}`;
}
