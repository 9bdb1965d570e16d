import type { SecretVersion, SetOptions } from '../../../local/key-vault/state.ts';
import type { SecretChange, Step } from '../program/steps.ts';
import { at } from './fleet.ts';
import type { Model } from './model.ts';
import { VAULT } from './vault.ts';

const HOUR_S = 3600;
const DELAYS = { now: undefined, broken: undefined, 'in an hour': HOUR_S, tomorrow: 24 * HOUR_S } as const;

/** Values name their secret and the number of their version: `app-1--pg--user#3`. */
export const valueOf = (name: string, version: number): string => `${name}#${version}`;

export function rotate(
  model: Model,
  { secret, from }: Pick<Extract<Step, { do: 'rotate' }>, 'secret' | 'from'>,
) {
  const { vault, time, fleet } = model.universe;
  const { people } = vault;
  const name = at(fleet.secrets, secret);
  const wasThere = people.history(VAULT, name).length > 0;
  if (wasThere && people.latest(VAULT, name) === undefined) people.recover(VAULT, name);
  model.versions += 1;
  const delay = DELAYS[from];
  const nbf = delay === undefined ? {} : { nbf: Math.floor(time.now() / 1000) + delay };
  const tags = from === 'broken' ? { tags: { 'file-encoding': 'base64' } } : {};
  people.set(VAULT, name, valueOf(name, model.versions), { version: idOf(model.versions), ...nbf, ...tags });
  model.since.set(name, time.now());
  const tellsOf = { now: '', broken: ', which is not the base64 that its tag promises' } as const;
  const later = from === 'now' || from === 'broken' ? tellsOf[from] : `, valid ${from}`;
  model.tell({ who: 'somebody', what: `sets ${name} to version ${model.versions}${later}`, about: [name] });
}

/** Version ids count up. */
const idOf = (number: number): string => number.toString(16).padStart(32, '0');

export function changeSecret(model: Model, secret: number, how: SecretChange): void {
  const { vault, fleet } = model.universe;
  const name = at(fleet.secrets, secret);
  const isDeleted = vault.people.latest(VAULT, name) === undefined;
  if (isDeleted !== (how === 'recover') && how !== 'restore') return;
  model.tell({ who: 'somebody', what: `${WORDS[how]} ${name}`, about: [name] });
  if (how === 'restore') restore(model, name, isDeleted);
  else alter(model, name, how);
}

const WORDS: Readonly<Record<SecretChange, string>> = {
  disable: 'disables',
  enable: 'enables',
  delete: 'deletes',
  recover: 'recovers',
  expire: 'lets expire',
  prolong: 'takes every date off',
  postpone: 'gives a not-before date of an hour from now to',
  restore: 'purges, and restores without its latest version,',
};

function alter(model: Model, name: string, how: Exclude<SecretChange, 'restore'>): void {
  const { people } = model.universe.vault;
  const now = Math.floor(model.universe.time.now() / 1000);
  switch (how) {
    case 'disable':
      return people.disable(VAULT, name);
    case 'enable':
      return people.enable(VAULT, name);
    case 'delete':
      return people.delete(VAULT, name);
    case 'recover':
      return people.recover(VAULT, name);
    case 'expire':
      return people.update(VAULT, name, undefined, { exp: now - 1 });
    case 'prolong':
      return people.update(VAULT, name, undefined, { exp: null, nbf: null });
    case 'postpone':
      return people.update(VAULT, name, undefined, { nbf: now + HOUR_S });
  }
}

/** The versions come back as they were, with the dates at which they were created. */
function restore(model: Model, name: string, isDeleted: boolean): void {
  const { vault, time } = model.universe;
  const { people } = vault;
  const versions = people.history(VAULT, name);
  // A backup is of a moment, and holds all that was made in a second or nothing of it: no reader could tell them apart.
  const kept = versions.filter(({ created }) => created < (versions.at(-1)?.created ?? 0));
  if (kept.length === 0) return;
  if (!isDeleted) people.delete(VAULT, name);
  people.purge(VAULT, name);
  for (const version of kept) people.set(VAULT, name, version.value, attributesOf(version));
  model.since.set(name, time.now());
  model.restored.set(name, time.now());
}

function attributesOf({ version, created, enabled, nbf, exp, tags }: SecretVersion): SetOptions {
  const dates = { ...(nbf === undefined ? {} : { nbf }), ...(exp === undefined ? {} : { exp }) };
  return { version, created, enabled, ...dates, ...(tags === undefined ? {} : { tags: { ...tags } }) };
}
