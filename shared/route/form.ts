import { jsonForm } from '../registry/data-entry.ts';
import type { Route } from '../registry/document.ts';
import { keyCased, type Placement } from './placement.ts';

/**
 * What a whole secret becomes in the layouts service and flat:
 * - `plain`: its bytes under one key
 * - `property`: one property of it, as JSON, under one key
 * - `expand`: one key per property, of the document or below a pointer
 * - `select`: one key for each property that the route names
 * - `certificate`: tls.crt, tls.key and ca.crt when it is a certificate, otherwise as `plain`
 * - `basic-auth`, `docker-login`: the keys of that type
 *
 * Some types bring keys of their own; they apply where neither the secret's name nor the route spells a key.
 */
type Form =
  | { kind: 'plain' | 'property'; key: string }
  | { kind: 'expand' | 'basic-auth' | 'docker-login' }
  | { kind: 'select'; keys: readonly string[] }
  | { kind: 'certificate'; key: string; spelled: boolean };

const TYPED = new Map<string, Form>([
  ['kubernetes.io/basic-auth', { kind: 'basic-auth' }],
  ['kubernetes.io/dockerconfigjson', { kind: 'docker-login' }],
]);

const DEFAULT_KEYS = new Map([
  ['kubernetes.io/ssh-auth', 'ssh-privatekey'],
  ['kubernetes.io/dockercfg', '.dockercfg'],
  ['kubernetes.io/dockerconfigjson', '.dockerconfigjson'],
]);

export function formOf(route: Route, place: Extract<Placement, { kind: 'placed' }>): Form {
  const { json, certificate, type } = route.spec;
  const { spelled } = place;
  const own = spelled ? undefined : DEFAULT_KEYS.get(type);
  const key = own ?? place.key ?? '';
  const form = jsonForm(json);
  if (form.kind === 'keys') return namedForm(route, form.names);
  if (form.kind === 'part') return { kind: 'property', key };
  if (certificate !== undefined || type === 'kubernetes.io/tls') return { kind: 'certificate', key, spelled };
  return (spelled ? undefined : TYPED.get(type)) ?? { kind: 'plain', key };
}

function namedForm(route: Route, names: readonly string[] | undefined): Form {
  if (names === undefined) return { kind: 'expand' };
  return { kind: 'select', keys: names.map((name) => keyCased(route, name)) };
}

/** The keys a form makes, or undefined when only the value can tell. */
export function keysOfForm(form: Form): string[] | undefined {
  switch (form.kind) {
    case 'plain':
    case 'property':
      return [form.key];
    case 'select':
      return [...form.keys];
    case 'basic-auth':
      return ['username', 'password'];
    case 'docker-login':
      return ['.dockerconfigjson'];
    case 'expand':
    case 'certificate':
      return undefined;
  }
}
