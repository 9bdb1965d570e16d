import { isDeepStrictEqual } from 'node:util';
import type { Obstacle } from '../draft.ts';

/** What import does about one field of another tool's object. `fine`: values that say nothing new, such as the default. */
type Treatment =
  | { is: 'handled' }
  | { is: 'ignored'; why: string }
  | { is: 'differs'; why: string; fine: readonly unknown[] }
  | { is: 'refused'; why: string; todo: string; fine: readonly unknown[] };

/** Every field of one kind, by its path: `spec.data[].secretKey`; `.*` is any name, `.**` everything below. */
type FieldList = Readonly<Record<string, Treatment>>;

export const HANDLED: Treatment = { is: 'handled' };

export function ignored(why: string): Treatment {
  return { is: 'ignored', why };
}

export function differs(why: string, fine: readonly unknown[] = []): Treatment {
  return { is: 'differs', why, fine };
}

export function refused(why: string, todo: string, fine: readonly unknown[] = []): Treatment {
  return { is: 'refused', why, todo, fine };
}

/** The same fields below another one. */
export function below(path: string, fields: FieldList): FieldList {
  return Object.fromEntries(
    Object.entries(fields).map(([field, treatment]) => [`${path}.${field}`, treatment]),
  );
}

/** What stands around the spec of every object, and says nothing of its Secret. */
export const OF_EVERY_OBJECT: FieldList = {
  apiVersion: HANDLED,
  kind: HANDLED,
  'metadata.name': HANDLED,
  'metadata.namespace': HANDLED,
  'metadata.ownerReferences.**': HANDLED,
  'metadata.labels.**': ignored('labels that the tool copied to the Secret stay on it when it is adopted'),
  'metadata.annotations.**': ignored(
    'annotations that the tool copied to the Secret stay on it when it is adopted',
  ),
  'metadata.**': ignored('the API server keeps it'),
  'status.**': ignored('the tool itself writes it'),
};

/** A field of an object that matters for what becomes of it. */
interface Finding {
  /** As in the list, with the position in lists: `spec.data[2].remoteRef.version`. */
  field: string;
  is: 'differs' | 'refused' | 'unknown';
  why: string;
  todo: string;
}

const UNKNOWN = 'this release of vaultcast does not know the field';
const UNKNOWN_TODO = 'Remove it if it does not matter, or write the route by hand.';

/** What is to be said of an object, field by field. A field that is not in the list is never passed over. */
export function findingsIn(object: unknown, list: FieldList): Finding[] {
  return walk(object, [], [], patternsOf(list));
}

/** Why fields keep an object from being converted. */
export function fieldObstacles(findings: readonly Finding[]): Obstacle[] {
  return findings
    .filter(({ is }) => is !== 'differs')
    .map(({ field, why, todo }) => ({ why: `${field}: ${why}`, todo }));
}

/** In which fields it is not quite the same afterwards. */
export function fieldDifferences(findings: readonly Finding[]): string[] {
  return findings.filter(({ is }) => is === 'differs').map(({ field, why }) => `${field}: ${why}`);
}

/** Steps of a path; `[]` is any place of a list. */
type Steps = readonly string[];

interface Pattern {
  steps: Steps;
  treatment: Treatment;
}

function patternsOf(list: FieldList): Pattern[] {
  return Object.entries(list).map(([path, treatment]) => ({ steps: stepsOf(path), treatment }));
}

/** `spec.data[].secretKey` -> spec, data, [], secretKey. */
export function stepsOf(path: string): string[] {
  return path.replaceAll('[]', '.[]').split('.');
}

function walk(value: unknown, steps: Steps, shown: Steps, patterns: readonly Pattern[]): Finding[] {
  const inside = hasFields(steps, patterns) ? partsOf(value) : undefined;
  if (inside !== undefined)
    return inside.flatMap(({ step, label, value: inner }) =>
      walk(inner, [...steps, step], [...shown, label], patterns),
    );
  const treatment = treatmentOf(steps, patterns);
  if (treatment !== undefined) return findingOf(treatment, value, shown);
  if (isNothing(value)) return [];
  return [{ field: pathText(shown), is: 'unknown', why: UNKNOWN, todo: UNKNOWN_TODO }];
}

/** Items of a list, fields of an object; undefined for anything else. */
function partsOf(value: unknown): { step: string; label: string; value: unknown }[] | undefined {
  if (Array.isArray(value))
    return value.map((item: unknown, index) => ({ step: '[]', label: `[${index}]`, value: item }));
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).map(([key, inner]: [string, unknown]) => ({
    step: key,
    label: key,
    value: inner,
  }));
}

/** Whether the list has something to say of what stands below, by name. */
function hasFields(steps: Steps, patterns: readonly Pattern[]): boolean {
  return patterns.some(
    (pattern) =>
      pattern.steps.length > steps.length &&
      pattern.steps[steps.length] !== '**' &&
      steps.every((step, index) => pattern.steps[index] === step),
  );
}

/** Of the most exact pattern. */
function treatmentOf(steps: Steps, patterns: readonly Pattern[]): Treatment | undefined {
  const fitting = patterns.filter((pattern) => fits(pattern.steps, steps));
  return fitting.toSorted((a, b) => vagueness(a.steps) - vagueness(b.steps))[0]?.treatment;
}

function fits(pattern: Steps, steps: Steps): boolean {
  const rest = pattern.at(-1) === '**';
  const exact = rest ? pattern.slice(0, -1) : pattern;
  if (rest ? steps.length < exact.length : steps.length !== exact.length) return false;
  return exact.every((step, index) => step === '*' || step === steps[index]);
}

function vagueness(pattern: Steps): number {
  const wildcards = pattern.filter((step) => step === '*' || step === '**').length;
  return wildcards * 100 - pattern.length;
}

function findingOf(treatment: Treatment, value: unknown, shown: Steps): Finding[] {
  if (treatment.is === 'handled' || treatment.is === 'ignored') return [];
  if (isNothing(value) || treatment.fine.some((one) => isDeepStrictEqual(one, value))) return [];
  const todo = treatment.is === 'refused' ? treatment.todo : '';
  return [{ field: pathText(shown), is: treatment.is, why: treatment.why, todo }];
}

/** What Go's types say when nobody said anything. */
function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function pathText(steps: Steps): string {
  return steps.join('.').replaceAll('.[', '[');
}
