import { type DataEntry, jsonForm, takingsOf } from './data-entry.ts';
import type { Route } from './document.ts';
import { rulesBetween } from './rules.ts';

type Spec = Route['spec'];

/** Types that bring keys of their own to a secret that the layout places whole. */
const TYPES_WITH_KEYS = [
  'kubernetes.io/tls',
  'kubernetes.io/basic-auth',
  'kubernetes.io/ssh-auth',
  'kubernetes.io/dockerconfigjson',
  'kubernetes.io/dockercfg',
];

/** Types of which one secret may hold a login with properties. */
const LOGIN_TYPES = ['kubernetes.io/basic-auth', 'kubernetes.io/dockerconfigjson'];

const isExplicit = ({ layout }: Spec): boolean => layout === 'explicit';

const entriesOf = ({ data }: Spec): DataEntry[] => Object.values(data ?? {});

/** Whether any entry leaves the option to the route. */
function isLeft(spec: Spec, option: 'encoding' | 'format' | 'unescapeNewlines'): boolean {
  return entriesOf(spec).some((entry) => {
    if ('certificate' in entry)
      return option !== 'format' && !(option === 'encoding' && entry.encoding !== undefined);
    return takingsOf(entry).some((one) => {
      const isPart = one.property !== undefined || one.pointer !== undefined;
      if (option === 'format') return isPart && one.format === undefined;
      // Beside a property, an entry's own encoding is of that property: the route's is of the whole value.
      if (option === 'encoding') return isPart || one.encoding === undefined;
      return one.unescapeNewlines === undefined;
    });
  });
}

/** Keys that `keyCase` could spell: names of segments, of properties, or the default one. */
function spellsKeys({ layout, key, json, type, certificate }: Spec): boolean {
  if (layout === 'explicit') return false;
  if (layout === 'service' || jsonForm(json).kind === 'keys') return true;
  const isBasic = type === 'kubernetes.io/basic-auth' && (json !== undefined || certificate !== undefined);
  return key === undefined && (isBasic || !TYPES_WITH_KEYS.includes(type));
}

/**
 * Options of a route that cannot act, as far as fields that are right decide it. Files that hold one are refused, so that nobody
 * relies on it; a row of an older release that holds one is served as before, for it changes nothing.
 */
export const idleOptions = rulesBetween<Spec>([
  {
    path: ['format'],
    message: 'does nothing without json, or a type whose secrets may hold a login',
    broken: (spec) =>
      spec.format !== undefined &&
      !isExplicit(spec) &&
      spec.json === undefined &&
      (!LOGIN_TYPES.includes(spec.type) || spec.key !== undefined || spec.certificate !== undefined),
  },
  {
    path: ['format'],
    message: 'does nothing: no entry of data takes a property without a format of its own',
    broken: (spec) => spec.format !== undefined && isExplicit(spec) && !isLeft(spec, 'format'),
  },
  {
    path: ['encoding'],
    message: 'does nothing: every entry of data has an encoding of its own',
    broken: (spec) => spec.encoding !== undefined && isExplicit(spec) && !isLeft(spec, 'encoding'),
  },
  {
    path: ['unescapeNewlines'],
    message: 'does nothing: every entry of data says so itself',
    broken: (spec) => spec.unescapeNewlines && isExplicit(spec) && !isLeft(spec, 'unescapeNewlines'),
  },
  {
    path: ['keyCase'],
    message: 'does nothing: the keys are given by the route or by the type',
    broken: (spec) => spec.keyCase !== 'lower' && !spellsKeys(spec),
  },
  {
    path: ['certificate'],
    message: 'does nothing: type kubernetes.io/tls opens certificates already',
    broken: (spec) => spec.certificate !== undefined && spec.type === 'kubernetes.io/tls',
  },
  {
    path: ['key'],
    message: 'cannot be given with type kubernetes.io/tls: it needs two',
    broken: (spec) => spec.key !== undefined && spec.type === 'kubernetes.io/tls',
  },
]);
