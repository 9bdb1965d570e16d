import type { z } from 'zod';
import { closest } from './closest.ts';
import { describe, valueAt } from './describe.ts';
import { fieldsAllowedAt, registryJsonSchema } from './json-schema.ts';

type Issue = z.core.$ZodIssue;

/** One thing wrong with a document: where, and a sentence that says what was found and what is allowed. */
interface Breach {
  path: readonly PropertyKey[];
  message: string;
}

let schema: ReturnType<typeof registryJsonSchema> | undefined;

const maybe = (name: string | undefined): string => (name === undefined ? '' : `; did you mean ${name}?`);

function unknownField(written: unknown, path: readonly PropertyKey[], key: string): Breach {
  schema ??= registryJsonSchema();
  const allowed = fieldsAllowedAt(schema, valueAt(written, ['kind']), path);
  const meant = closest(key, allowed);
  // Who is told what was meant need not read all that there is.
  const known = meant !== undefined || allowed.length === 0 ? '' : ` (known here: ${allowed.join(', ')})`;
  return { path: [...path, key], message: `unknown field${maybe(meant)}${known}` };
}

const NOUNS: Record<string, string> = {
  record: 'a mapping',
  object: 'a mapping',
  array: 'a list',
  int: 'a whole number',
};

const UNITS: Record<string, [one: string, many: string]> = {
  string: [' character', ' characters'],
  array: [' entry', ' entries'],
};

/** `at least 1`, `at most 3 entries`; undefined where the schema has words of its own for it, or nothing is counted. */
function bound(issue: Issue): string | undefined {
  if (!/^Too (?:small|big): /.test(issue.message)) return undefined;
  if (issue.code !== 'too_small' && issue.code !== 'too_big') return undefined;
  const [limit, word] = issue.code === 'too_small' ? [issue.minimum, 'at least'] : [issue.maximum, 'at most'];
  const [one, many] = UNITS[issue.origin] ?? ['', ''];
  const verb = one === '' ? 'be' : 'have';
  return `must ${verb} ${word} ${limit}${Number(limit) === 1 ? one : many}`;
}

/** What zod says when the schema has no words of its own for the case. */
function wanted(issue: Issue): string {
  if (issue.code === 'invalid_type') return `must be ${NOUNS[issue.expected] ?? `a ${issue.expected}`}`;
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) return 'must be Cluster or Route';
  return bound(issue) ?? issue.message.replace(/^Invalid input: /, '');
}

const CHOICES = ['Cluster', 'Route'];

function meant(issue: Issue, value: unknown): string {
  if (typeof value !== 'string') return '';
  if (issue.code === 'invalid_value') return maybe(closest(value, issue.values.map(String)));
  return issue.code === 'invalid_union' ? maybe(closest(value, CHOICES)) : '';
}

/** YAML reads `true`, `12` and `1.10` as no strings: the usual slip in labels and tags. */
const quoteIt = (issue: Issue, value: unknown): string =>
  issue.code === 'invalid_type' && issue.expected === 'string' && ['number', 'boolean'].includes(typeof value)
    ? ': put it in quotes'
    : '';

/** Fields without which a form cannot be, as far as they are missing. */
const missingIn = (form: readonly Issue[]): string[] =>
  form
    .filter((issue) => issue.code === 'invalid_type' && issue.path.length === 1)
    .map(({ path }) => String(path[0]));

/** An unknown field counts more than anything else that is wrong, and half when it is one of the missing, mistyped. */
function farnessOf(issue: Issue, missing: readonly string[]): number {
  if (issue.code !== 'unrecognized_keys') return 1;
  return issue.keys
    .slice(0, MOST)
    .reduce((sum, key) => sum + (closest(key, missing) === undefined ? 100 : 50), 0);
}

/** How far a value is from one form of a union. */
const farness = (form: readonly Issue[]): number =>
  form.reduce((sum, issue) => sum + farnessOf(issue, missingIn(form)), 0);

const isAltogetherDifferent = (form: readonly Issue[]): boolean =>
  form.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0);

/** The form of a union somebody meant, when one is clearly nearer than the others. */
function meantForm(forms: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const [first, second] = forms
    .filter((form) => !isAltogetherDifferent(form))
    .toSorted((a, b) => farness(a) - farness(b));
  if (first !== undefined && second !== undefined && farness(first) === farness(second)) return undefined;
  return first;
}

function findingsOf(issue: Issue, written: unknown, base: readonly PropertyKey[]): Breach[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, MOST).map((key) => unknownField(written, path, key));
  const form = issue.code === 'invalid_union' ? meantForm(issue.errors) : undefined;
  if (form !== undefined) return form.flatMap((inner) => findingsOf(inner, written, path));
  const value = valueAt(written, path);
  const found = value === undefined ? 'is missing' : `found ${describe(value, path)}`;
  const rule = issue.code === 'custom' ? issue.message : `${found}, ${wanted(issue)}`;
  return [{ path, message: `${rule}${quoteIt(issue, value)}${meant(issue, value)}` }];
}

/** More than anybody reads of one document; looking for what was meant takes time for each. */
const MOST = 100;

/** The first findings of a failed validation, in the document's own words. `written` is the document as it was read. */
export function explain(error: z.ZodError, written: unknown, most = MOST): Breach[] {
  const findings: Breach[] = [];
  for (const issue of error.issues) {
    if (findings.length >= most) break;
    findings.push(...findingsOf(issue, written, []));
  }
  return findings.slice(0, most);
}
