import type { z } from 'zod';
import { clusterBreaches, clusterSpec } from './cluster-schema.ts';
import { valueAt } from './describe.ts';
import { idleOptions } from './idle-options.ts';
import { routeSpec } from './route-fields.ts';
import { breachesOf } from './route-rules.ts';

type Issues = z.ZodError['issues'];

/** What stands in for fields that must be there, so that the others can be judged. */
const STAND_INS = { vault: 'stand-in', prefix: 'stand-in--', clusters: { names: ['x'] }, namespaces: ['x'] };

/**
 * What is wrong between the fields of a document of which single fields are wrong, too: those rules that only fields decide
 * that are right. The schema asks no rule when a field has the wrong shape, and people would learn of it at their next try.
 */
export function betweenFields(written: unknown, { issues }: z.ZodError) {
  const spec = valueAt(written, ['spec']);
  if (!isMapping(spec)) return [];
  const { sound, unsound } = withoutWrong({ ...spec }, issues);
  if (unsound.size === 0) return [];
  const said = new Set(issues.map(({ path, message }) => JSON.stringify([path, message])));
  return breachesIn(valueAt(written, ['kind']), sound, unsound)
    .map(({ path, message }) => ({ path: ['spec', ...path], message }))
    .filter(({ path, message }) => !said.has(JSON.stringify([path, message])));
}

function breachesIn(kind: unknown, sound: object, unsound: ReadonlySet<string>) {
  if (kind === 'Cluster') {
    const cluster = clusterSpec.safeParse(sound);
    return cluster.success ? clusterBreaches(cluster.data, unsound) : [];
  }
  const route = kind === 'Route' ? routeSpec.safeParse({ ...STAND_INS, ...sound }) : undefined;
  if (route?.success !== true) return [];
  return [...breachesOf(route.data, unsound), ...idleOptions(route.data, unsound)];
}

/** The fields that are right, and the names of the others. Of `data`, an entry that is wrong goes alone. */
function withoutWrong(spec: Record<string, unknown>, issues: Issues) {
  const unsound = new Set<string>();
  const data = isMapping(spec['data']) ? { ...spec['data'] } : undefined;
  const sound = data === undefined ? spec : { ...spec, data };
  for (const [field, entry] of issues.flatMap(fieldsIn)) {
    unsound.add(field);
    if (field === 'data' && entry !== undefined) delete data?.[entry];
    else delete sound[field];
  }
  return { sound, unsound };
}

/** The fields of `spec` that an issue is about, each with what is wrong in it, if that is less than all of it. */
function fieldsIn({ path, ...issue }: Issues[number]): [string, string | undefined][] {
  const [base, field, entry] = path.map(String);
  if (base !== 'spec') return [];
  if (field !== undefined) return [[field, entry]];
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [key, undefined]) : [];
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
