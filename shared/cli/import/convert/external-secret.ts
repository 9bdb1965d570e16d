import { at, listAt, textAt } from '../../connect/objects.ts';
import { cannot, isObstacle } from '../draft.ts';
import type { Converted, Draft, Obstacle, Origin } from '../draft.ts';
import type { Finding } from '../known/check.ts';
import { findingsIn } from '../known/check.ts';
import { EXTERNAL_SECRET } from '../known/external-secret.ts';
import type { Surroundings } from '../surroundings.ts';
import { contentOf } from './content.ts';
import { vaultBehind } from './store.ts';

/** An ExternalSecret; those that a ClusterExternalSecret made are spoken for. */
export async function convertExternalSecret(
  origin: Origin,
  object: object,
  surroundings: Surroundings,
): Promise<Converted> {
  const parent = listAt(object, 'metadata', 'ownerReferences').find(
    (one) => textAt(one, 'kind') === 'ClusterExternalSecret',
  );
  const made = textAt(parent, 'name');
  if (made !== '' && surroundings.hasClusterExternalSecret(made))
    return {
      state: 'nothing',
      origin,
      why: `ClusterExternalSecret ${made} made it, and is converted itself`,
    };
  const findings = findingsIn(object, EXTERNAL_SECRET);
  return convertSpec(origin, origin.namespace, at(object, 'spec'), findings, surroundings);
}

/** The spec of an ExternalSecret in one namespace. */
export async function convertSpec(
  origin: Origin,
  namespace: string,
  spec: unknown,
  findings: readonly Finding[],
  surroundings: Surroundings,
): Promise<Converted> {
  if (textAt(spec, 'target', 'creationPolicy') === 'None')
    return { state: 'nothing', origin, why: 'its creationPolicy is None: it makes no Secret' };
  const obstacles = [...fieldObstacles(findings), ...policyObstacles(spec)];
  const vault = oneVault(spec, namespace, surroundings);
  const secret = textAt(spec, 'target', 'name') || origin.name;
  const content = await contentOf(spec, namespace, secret, surroundings);
  const all = [
    ...obstacles,
    ...(isObstacle(vault) ? [vault] : []),
    ...(isObstacle(content) ? [content] : []),
  ];
  if (isObstacle(vault) || isObstacle(content) || all.length > 0) return cannot(origin, ...all);
  const draft: Draft = {
    origins: [origin],
    namespaces: [namespace],
    vaultUrl: vault.vaultUrl,
    secret,
    type: textAt(spec, 'target', 'template', 'type') || 'Opaque',
    content: content.content,
    labels: pairsAt(spec, 'labels'),
    annotations: pairsAt(spec, 'annotations'),
    immutable: at(spec, 'target', 'immutable') === true,
    removesDeleted: ['Delete', 'Merge'].includes(textAt(spec, 'target', 'deletionPolicy')),
    differences: [...fieldDifferences(findings), ...differencesOf(spec), ...content.differences],
  };
  return { state: 'draft', draft };
}

export function fieldObstacles(findings: readonly Finding[]): Obstacle[] {
  return findings
    .filter(({ is }) => is !== 'differs')
    .map(({ field, why, todo }) => ({ why: `${field}: ${why}`, todo }));
}

export function fieldDifferences(findings: readonly Finding[]): string[] {
  return findings.filter(({ is }) => is === 'differs').map(({ field, why }) => `${field}: ${why}`);
}

function policyObstacles(spec: unknown): Obstacle[] {
  const own =
    textAt(spec, 'target', 'creationPolicy') === 'Merge'
      ? [
          {
            why: 'spec.target.creationPolicy: Merge adds keys to a Secret that somebody else makes',
            todo: 'A Secret of vaultcast is whole: bring all its keys into one route, or use a Secret of its own.',
          },
        ]
      : [];
  const templated = ['labels', 'annotations'].filter((name) =>
    Object.values(pairsAt(spec, name)).some((value) => value.includes('{{')),
  );
  return [
    ...own,
    ...templated.map((name) => ({
      why: `spec.target.template.metadata.${name}: they are made from values`,
      todo: 'Give them fixed values: routes put no value of a secret there.',
    })),
  ];
}

function differencesOf(spec: unknown): string[] {
  const interval = textAt(spec, 'refreshInterval');
  return [
    ...(/^0+(?:\.0*)?[a-z]*$/.test(interval)
      ? [
          `spec.refreshInterval: ${interval} left the Secret as it was made; rotations are delivered from now on`,
        ]
      : []),
    ...(textAt(spec, 'target', 'deletionPolicy') === 'Merge'
      ? ['spec.target.deletionPolicy: with its last key the Secret goes, too']
      : []),
  ];
}

function pairsAt(spec: unknown, name: string): Record<string, string> {
  return { ...(Object(at(spec, 'target', 'template', 'metadata', name)) as Record<string, string>) };
}

/** A Secret is fed by one vault. */
function oneVault(
  spec: unknown,
  namespace: string,
  surroundings: Surroundings,
): { vaultUrl: string } | Obstacle {
  const own = at(spec, 'secretStoreRef');
  const sources = [...listAt(spec, 'data'), ...listAt(spec, 'dataFrom')];
  const references = sources.map((source) => at(source, 'sourceRef', 'storeRef') ?? own);
  const found = (references.length === 0 ? [own] : references).map((one) =>
    vaultBehind(one, namespace, surroundings),
  );
  const obstacle = found.find((one) => isObstacle(one));
  if (obstacle !== undefined) return obstacle;
  const urls = [...new Set(found.flatMap((one) => ('vaultUrl' in one ? [one.vaultUrl] : [])))];
  const [vaultUrl = '', ...others] = urls;
  if (others.length === 0) return { vaultUrl };
  return {
    why: `it is fed by several vaults (${urls.join(', ')})`,
    todo: 'A Secret of vaultcast is fed by one: make a Secret per vault, or bring the secrets together.',
  };
}
