/** A rule between fields that is broken: where (below `spec`), and what would be right. */
export interface Breach {
  path: string[];
  message: string;
}

export interface Rule<Spec> extends Breach {
  broken: (spec: Spec) => boolean;
  /** What was most likely meant, after the message. */
  hint?: (spec: Spec) => string;
}

/** Fields that are themselves wrong: what a rule says of them would be said of something else. */
type Unsound = ReadonlySet<string>;

const NONE: Unsound = new Set();

/** The rules that are broken, as far as they were decided by fields that are right. */
export function brokenRules<Spec extends object>(
  rules: readonly Rule<Spec>[],
  spec: Spec,
  unsound = NONE,
): Breach[] {
  return rules.flatMap(({ path, message, broken, hint }) =>
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
