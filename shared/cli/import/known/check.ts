import { isDeepStrictEqual } from 'node:util';
import type { Obstacle } from '../draft.ts';
import type { FieldList } from './treatment.ts';

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

type Treatment = FieldList[string];

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
