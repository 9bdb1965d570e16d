import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import {
  INSTANCE_LABEL,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  SOURCES_ANNOTATION,
  TARGET_ANNOTATION,
} from '../../shared/target/ownership.ts';
import { ACCEPT_ANNOTATION } from '../../shared/route/accept.ts';
import { POLICY_TEXTS } from '../../shared/adapters/kubernetes/policy-sentences.ts';
import { compose, MANIFESTS, readKustomization, readYaml, render } from '../support/manifests.ts';
import type { Manifest } from '../support/replacements.ts';

const PLACEHOLDER = 'PUSHER_USER';
const FOLDERS = readdirSync(MANIFESTS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const named = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`;

/** Everything there is: a cluster-wide installation has all that the default one has. */
const everything = (settings = {}): Manifest[] => compose(['cluster-wide', 'namespace', 'protect'], settings);

describe('the folders', () => {
  it('are all seen', () => {
    expect(FOLDERS.sort()).toEqual(['base', 'cluster-wide', 'example', 'namespace', 'protect', 'settings']);
  });

  it.each(FOLDERS)('%s: lists every file it has', (folder) => {
    const { resources = [] } = readKustomization(join(MANIFESTS, folder));
    const files = readdirSync(join(MANIFESTS, folder)).filter((file) => file !== 'kustomization.yaml');
    expect(resources.filter((resource) => resource.endsWith('.yaml')).sort()).toEqual(files.sort());
  });

  it.each(FOLDERS)('%s: has one kustomization and nothing but manifests beside it', (folder) => {
    const [kustomization, ...more] = readYaml(join(MANIFESTS, folder, 'kustomization.yaml'));
    expect(more).toEqual([]);
    expect(kustomization).toMatchObject({
      kind: folder === 'settings' ? 'Component' : 'Kustomization',
      apiVersion: `kustomize.config.k8s.io/${folder === 'settings' ? 'v1alpha1' : 'v1beta1'}`,
    });
  });

  it('make no two objects of one name', () => {
    const names = everything().map(named);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the settings', () => {
  const settings = {
    user: '7f1e6a3c-0000-4000-8000-000000000001',
    instance: 'vaultcast-prod',
    allowedMetadata: 'team,example.com/*',
    adopterGroup: 'platform',
    breakGlassGroup: 'on-call',
  };

  it('reach every place that speaks of the pusher', () => {
    const before = ['cluster-wide', 'namespace', 'protect'].flatMap((folder) => render(folder));
    const places = JSON.stringify(before).split(PLACEHOLDER).length - 1;
    const after = JSON.stringify(everything(settings));
    expect(places).toBe(5);
    expect(after.split(settings.user).length - 1).toBe(places);
    expect(after).not.toContain(PLACEHOLDER);
  });

  it('change nothing else', () => {
    const unfilled = { user: PLACEHOLDER, instance: 'INSTANCE', allowedMetadata: 'ALLOWED_METADATA' };
    const before = JSON.stringify(everything(unfilled));
    expect(JSON.stringify(everything(settings))).toBe(
      before
        .replaceAll(PLACEHOLDER, settings.user)
        .replace("'INSTANCE'", `'${settings.instance}'`)
        .replace("'ALLOWED_METADATA'", `'${settings.allowedMetadata}'`)
        .replace('vaultcast:adopters', settings.adopterGroup)
        .replace('vaultcast:break-glass', settings.breakGlassGroup),
    );
  });

  it('leave no placeholder, and may allow no metadata at all', () => {
    const text = JSON.stringify(everything({ ...settings, allowedMetadata: '' }));
    expect(text).not.toMatch(/'(?:PUSHER_USER|INSTANCE|ALLOWED_METADATA)'/);
    expect(text).toContain("\"''.split(',')");
  });

  it('stay out of the cluster', () => {
    expect(render('example').map(({ kind }) => kind)).not.toContain('ConfigMap');
  });

  it('do without what is not installed', () => {
    expect(compose(['base'], settings).map(named)).toEqual([
      'ClusterRole vaultcast-namespaces',
      'ClusterRoleBinding vaultcast-namespaces',
      'ClusterRole vaultcast-secrets',
      'ValidatingAdmissionPolicy vaultcast-consent',
      'ValidatingAdmissionPolicyBinding vaultcast-consent',
    ]);
  });
});

describe('the rights', () => {
  const rules = (): unknown =>
    Object.fromEntries(
      everything()
        .filter(({ kind }) => kind === 'ClusterRole')
        .map(({ metadata, rules: given }) => [metadata.name, given]),
    );

  it('are no more than vaultcast needs', () => {
    expect(rules()).toEqual({
      'vaultcast-namespaces': [{ apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list'] }],
      'vaultcast-secrets': [
        { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'create', 'update', 'delete'] },
      ],
    });
  });

  it('reach Secrets by namespace, or everywhere with cluster-wide', () => {
    const bindings = (folders: string[]): string[] =>
      compose(folders, {})
        .filter(({ roleRef }) => (roleRef as { name?: string } | undefined)?.name === 'vaultcast-secrets')
        .map(named);
    expect(bindings(['base'])).toEqual([]);
    expect(bindings(['base', 'namespace'])).toEqual(['RoleBinding vaultcast']);
    expect(bindings(['cluster-wide'])).toEqual(['ClusterRoleBinding vaultcast-secrets']);
  });
});

interface Validation {
  message?: string;
  messageExpression?: string;
}

/** A message with `{}` for every expression in it. */
function textOf({ message, messageExpression = '' }: Validation): string {
  if (message !== undefined) return message;
  const pieces = messageExpression
    .split(/\s\+\s(?=')|(?<=')\s\+\s/)
    .map((piece) => /^'(.*)'$/.exec(piece)?.[1] ?? '{}');
  return pieces.join('');
}

describe('the policies', () => {
  const policies = everything().filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');

  it('refuse when they cannot be evaluated, and speak of Secrets only', () => {
    expect(policies.map(named)).toEqual([
      'ValidatingAdmissionPolicy vaultcast-consent',
      'ValidatingAdmissionPolicy vaultcast-protect',
    ]);
    for (const { spec } of policies)
      expect(spec).toMatchObject({
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['secrets'] }],
        },
      });
  });

  it('are bound, each under its own name, to refuse', () => {
    const bindings = everything().filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
    expect(bindings.map(({ metadata }) => metadata.name)).toEqual(
      policies.map(({ metadata }) => metadata.name),
    );
    for (const { metadata, spec } of bindings)
      expect(spec).toEqual({ policyName: metadata.name, validationActions: ['Deny'] });
  });

  it('say what the app passes on, and nothing else', () => {
    const texts = policies.flatMap(({ spec }) =>
      (spec as { validations: Validation[] }).validations.map(textOf),
    );
    expect(texts).toHaveLength(11);
    expect(new Set(texts)).toEqual(new Set(POLICY_TEXTS));
  });

  it('know the labels and annotations that vaultcast writes, and no others', () => {
    const [consent] = policies;
    const text = JSON.stringify(consent?.['spec']);
    const inBrackets = [...text.matchAll(/\[\??'([^']+)'\]/g)].map(([, key]) => key);
    expect(new Set(inBrackets)).toEqual(
      new Set([MANAGED_BY_LABEL, INSTANCE_LABEL, TARGET_ANNOTATION, SOURCES_ANNOTATION, ACCEPT_ANNOTATION]),
    );
    expect(text).toContain(`.orValue('') == '${MANAGED_BY}'`);
  });
});
