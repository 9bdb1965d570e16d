import { describe, expect, it } from 'vitest';
import { findingsIn, OF_EVERY_OBJECT, stepsOf } from '../../../shared/cli/import/known/fields.ts';
import {
  CLUSTER_EXTERNAL_SECRET,
  EXTERNAL_SECRET,
  SECRET_STORE,
} from '../../../shared/cli/import/known/external-secret.ts';
import { AZURE_KEY_VAULT_SECRET } from '../../../shared/cli/import/known/key-vault-secret.ts';
import { SECRET_PROVIDER_CLASS, VAULT_OBJECT } from '../../../shared/cli/import/known/provider-class.ts';
import { API_FIELDS } from './api-fields.ts';

type FieldList = Parameters<typeof findingsIn>[1];

const LISTS: Readonly<Record<string, FieldList>> = {
  ExternalSecret: EXTERNAL_SECRET,
  ClusterExternalSecret: CLUSTER_EXTERNAL_SECRET,
  SecretStore: SECRET_STORE,
  AzureKeyVaultSecret: AZURE_KEY_VAULT_SECRET,
  SecretProviderClass: SECRET_PROVIDER_CLASS,
  vault: VAULT_OBJECT,
};

const listOf = (kindAndVersion: string): FieldList => LISTS[kindAndVersion.split(' ')[0] ?? ''] ?? {};

/** An object in which this one field is set. */
function withField(steps: readonly string[]): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return 'something';
  return step === '[]' ? [withField(rest)] : { [step]: withField(rest) };
}

const unknownIn = (fields: readonly string[], list: FieldList): string[] =>
  fields.filter((field) => findingsIn(withField(stepsOf(field)), list).some(({ is }) => is === 'unknown'));

describe.each(Object.keys(API_FIELDS))('the fields of %s', (kindAndVersion) => {
  const fields = API_FIELDS[kindAndVersion] ?? [];

  it('are each handled, refused, different or ignored', () => {
    expect(fields.length).toBeGreaterThan(7);
    expect(unknownIn(fields, listOf(kindAndVersion))).toEqual([]);
  });

  it('are told when one is new, wherever it stands', () => {
    const parents = fields.map((field) => stepsOf(field).slice(0, -1));
    const isFree = (steps: readonly string[]): boolean => /x$|Ref$|\*\*/.test(steps.at(-1) ?? '');
    const planted = [
      ...new Set(parents.filter((steps) => !isFree(steps)).map((steps) => [...steps, 'planted'].join('.'))),
    ];
    const silent = planted.filter(
      (field) => findingsIn(withField(field.split('.')), listOf(kindAndVersion)).length === 0,
    );

    expect(planted.length).toBeGreaterThan(0);
    // Maps take any name; what the tool itself writes, and how it logs in, says nothing of the Secret.
    const anyName =
      /^status|\.(?:data|labels|annotations|matchLabels|tags)\.planted$|authSecretRef|serviceAccountRef/;
    expect(silent.filter((field) => !anyName.test(field))).toEqual([]);
  });
});

describe('the lists of import', () => {
  it.each(Object.keys(LISTS))('name no field of %s that its API has not', (kind) => {
    const versions = Object.keys(API_FIELDS).filter((name) => name.split(' ')[0] === kind);
    const known = versions.flatMap((version) => API_FIELDS[version] ?? []).map((field) => stepsOf(field));
    const own = Object.keys(LISTS[kind] ?? {}).filter((path) => !Object.hasOwn(OF_EVERY_OBJECT, path));
    const covers = (path: string, steps: readonly string[]): boolean => {
      const pattern = stepsOf(path);
      const exact = pattern.at(-1) === '**' ? pattern.slice(0, -1) : pattern;
      const fits = exact.every((step, index) => step === '*' || step === steps[index]);
      return fits && (exact.length === steps.length || pattern.at(-1) === '**');
    };

    // The CRD that akv2k8s ships calls the field `poll`, its types say `bool`: both are met.
    const invented = own.filter((path) => !known.some((steps) => covers(path, steps)));
    expect(invented.filter((path) => path !== 'spec.vault.object.poll')).toEqual([]);
  });

  it('give a reason for everything that is not simply handled, and what to do for what is refused', () => {
    const all = Object.values(LISTS).flatMap((list) => Object.values(list));
    expect(all.every((one) => one.is === 'handled' || one.why.length > 10)).toBe(true);
    expect(all.every((one) => one.is !== 'refused' || /^[A-Z].*\.$/.test(one.todo))).toBe(true);
  });
});
