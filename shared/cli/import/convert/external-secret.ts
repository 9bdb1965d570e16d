import { at, listAt, textAt } from '../../connect/objects.ts';
import { cannot, isObstacle, nothing, originOf } from '../draft.ts';
import type { Converted, Draft, Obstacle } from '../draft.ts';
import type { Manifest } from '../kinds.ts';
import { fieldDifferences, fieldObstacles, findingsIn } from '../known/fields.ts';
import { EXTERNAL_SECRET } from '../known/external-secret.ts';
import type { Surroundings } from '../surroundings.ts';
import { contentOf } from './content.ts';
import { vaultBehind } from './store.ts';

/** An ExternalSecret; those that a ClusterExternalSecret made are spoken for. */
export async function convertExternalSecret(
  manifest: Manifest,
  surroundings: Surroundings,
): Promise<Converted> {
  const { object } = manifest;
  const parent = listAt(object, 'metadata', 'ownerReferences').find(
    (one) => textAt(one, 'kind') === 'ClusterExternalSecret',
  );
  const made = textAt(parent, 'name');
  if (made !== '' && surroundings.hasClusterExternalSecret(made))
    return nothing(manifest, `ClusterExternalSecret ${made} made it, and is converted itself`);
  const findings = findingsIn(object, EXTERNAL_SECRET);
  const [obstacles, differences] = [fieldObstacles(findings), fieldDifferences(findings)];
  return convertSpec(manifest, at(object, 'spec'), obstacles, differences, surroundings);
}

/**
 * The spec of an ExternalSecret in one namespace.
 * @param from where the spec stands, or would stand
 * @param obstacles those of its fields
 * @param differences those of its fields
 */
export async function convertSpec(
  from: Manifest,
  spec: unknown,
  obstacles: readonly Obstacle[],
  differences: readonly string[],
  surroundings: Surroundings,
): Promise<Converted> {
  const { namespace } = from;
  if (textAt(spec, 'target', 'creationPolicy') === 'None')
    return nothing(from, 'its creationPolicy is None: it makes no Secret');
  const vault = oneVault(spec, namespace, surroundings);
  const secret = textAt(spec, 'target', 'name') || from.name;
  const content = await contentOf(spec, namespace, secret, surroundings);
  const all = [
    ...obstacles,
    ...policyObstacles(spec),
    ...(isObstacle(vault) ? [vault] : []),
    ...(isObstacle(content) ? [content] : []),
  ];
  if (isObstacle(vault) || isObstacle(content) || all.length > 0) return cannot(from, ...all);
  const draft: Draft = {
    origins: [originOf(from)],
    namespaces: [namespace],
    vaultUrl: vault.vaultUrl,
    secret,
    type: textAt(spec, 'target', 'template', 'type') || 'Opaque',
    content: content.content,
    labels: pairsAt(spec, 'labels'),
    annotations: pairsAt(spec, 'annotations'),
    immutable: at(spec, 'target', 'immutable') === true,
    removesDeleted: ['Delete', 'Merge'].includes(textAt(spec, 'target', 'deletionPolicy')),
    differences: [...differences, ...differencesOf(spec), ...content.differences],
  };
  return { state: 'draft', draft };
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
