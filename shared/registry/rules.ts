/** A rule between fields: where it is broken (below `spec`), and what would be right. */
interface Rule<Spec> {
  path: string[];
  message: string;
  broken: (spec: Spec) => boolean;
  /** What was most likely meant, after the message. */
  hint?: (spec: Spec) => string;
}

/** Fields that are themselves wrong: what a rule says of them would be said of something else. */
type Unsound = ReadonlySet<string>;

const NONE: Unsound = new Set();

/** Tells which of the rules are broken, as far as they were decided by fields that are right. */
export function rulesBetween<Spec extends object>(rules: readonly Rule<Spec>[]) {
  return (spec: Spec, unsound = NONE) =>
    rules.flatMap(({ path, message, broken, hint }) =>
      decidedBy(spec, unsound, broken) ? [{ path, message: message + (hint?.(spec) ?? '') }] : [],
    );
}

/** False, too, where the answer came from a field that is wrong. */
function decidedBy<Spec extends object>(spec: Spec, unsound: Unsound, ask: Rule<Spec>['broken']): boolean {
  const read = new Set<string>();
  const watched = new Proxy(spec, {
    get(target, field, receiver): unknown {
      if (typeof field === 'string') read.add(field);
      return Reflect.get(target, field, receiver);
    },
  });
  return ask(watched) && read.isDisjointFrom(unsound);
}
