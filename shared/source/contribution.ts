import type { Route } from '../registry/document.ts';
import type { Delivered } from './provenance.ts';
import type { Source, SourceVersion } from './source.ts';

/**
 * What a source contributes to a target:
 * - `use`: this version's value
 * - `keep`: its keys stay as found (or are not written when there is nothing to find)
 * - `remove`: its keys leave
 */
export type Contribution =
  | { use: SourceVersion; state: Exclude<Source['state'], 'unreadable'> }
  | { keep: Source['state'] | 'stale' }
  | { remove: keyof typeof FATE_OPTION };

export const FATE_OPTION = { disabled: 'onDisabled', deleted: 'onDeleted', expired: 'onExpired' } as const;

/** Whether a route may ask for the keys of a source in this state to leave. */
export function isFate(state: string): state is keyof typeof FATE_OPTION {
  return Object.hasOwn(FATE_OPTION, state);
}

/**
 * `delivered` is the version recorded on the live Secret: nbf delays a version's first delivery only, so what is recorded
 * as delivered stays. `mayLeave`: only a reconcile that saw the reason in two runs may let a key go.
 */
export function contributionOf(
  source: Source,
  route: Route,
  delivered: Delivered | undefined,
  mayLeave: boolean,
): Contribution {
  switch (source.state) {
    case 'unreadable':
      return { keep: 'unreadable' };
    case 'disabled':
    case 'deleted':
    case 'expired':
      return removes(route, source.state, mayLeave)
        ? { remove: source.state }
        : stays(source, route, delivered);
    case 'valid':
    case 'near-expiry':
      return { use: source.version, state: source.state };
    case 'not-yet-valid':
      return beforeItsDate(source, route, delivered);
  }
}

function removes(route: Route, state: keyof typeof FATE_OPTION, proven: boolean): boolean {
  return proven && route.spec[FATE_OPTION[state]] === 'remove';
}

/** Without a proven reason a key stays; what is to leave when it expires does not come back, or come at all, once it has. */
function stays(
  source: Exclude<Source, { state: 'unreadable' | 'not-yet-valid' }>,
  route: Route,
  delivered: Delivered | undefined,
): Contribution {
  if (!('version' in source)) return { keep: source.state };
  if (route.spec.onExpired === 'remove' && delivered === undefined) return { keep: source.state };
  return { use: source.version, state: source.state };
}

/**
 * What was delivered before it got its date stays, as found: what is recorded may be forged, and must not bring a value whose
 * date has not come. So does a version that is newer than the one valid until then (and may be disabled by now).
 */
function beforeItsDate(
  { version, latest }: Extract<Source, { state: 'not-yet-valid' }>,
  route: Route,
  delivered: Delivered | undefined,
): Contribution {
  if (!route.spec.honourNotBefore) return { use: latest, state: 'not-yet-valid' };
  if (latest.version === delivered?.version) return { keep: 'not-yet-valid' };
  return version === undefined || mayBeOlder(version, delivered)
    ? { keep: 'not-yet-valid' }
    : { use: version, state: 'not-yet-valid' };
}

/** Versions of one second have no order: rather than go back, the delivered one stays. */
function mayBeOlder(version: SourceVersion, delivered: Delivered | undefined): boolean {
  if (delivered === undefined || version.version === delivered.version) return false;
  return version.created <= delivered.created;
}
