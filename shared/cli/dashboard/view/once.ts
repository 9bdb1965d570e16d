import { perObject } from '../../../remember.ts';

const QUESTIONS_KEPT = 8;

/** What is computed of an object and asked in several ways: of each the last few answers are kept. */
export function onceEach<K extends object, V extends object>(): (
  of: K,
  question: string,
  answer: () => V,
) => V {
  const answersTo = perObject<K, Map<string, V>>(() => new Map());
  return (of, question, answer) => {
    const answers = answersTo(of);
    const found = answers.get(question) ?? answer();
    if (answers.size >= QUESTIONS_KEPT && !answers.has(question)) answers.clear();
    answers.set(question, found);
    return found;
  };
}

const GROUP = 32;

/**
 * Merges any number of parts, in groups of groups: where one part is another one than before, the merges that it has no
 * share in are used again. `merge` changes none of its parts.
 */
export function mergedOnce<T extends object>(merge: (parts: readonly T[]) => T): (parts: readonly T[]) => T {
  const known = new WeakMap<T, { parts: readonly T[]; merged: T }>();
  const ofGroup = (parts: readonly T[]): T => {
    const [first] = parts;
    const before = first === undefined ? undefined : known.get(first);
    if (before !== undefined && isSame(before.parts, parts)) return before.merged;
    const merged = merge(parts);
    if (first !== undefined) known.set(first, { parts, merged });
    return merged;
  };
  const ofAll = (parts: readonly T[]): T =>
    parts.length <= GROUP ? ofGroup(parts) : ofAll(groupsOf(parts).map(ofGroup));
  return ofAll;
}

function groupsOf<T>(parts: readonly T[]): T[][] {
  const count = Math.ceil(parts.length / GROUP);
  return Array.from({ length: count }, (_, at) => parts.slice(at * GROUP, (at + 1) * GROUP));
}

function isSame<T>(before: readonly T[], now: readonly T[]): boolean {
  return before.length === now.length && before.every((one, at) => one === now[at]);
}
