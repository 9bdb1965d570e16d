import { at, listAt, textAt } from '../../connect/objects.ts';
import { cannot, nothing, originOf } from '../draft.ts';
import type { Converted, Draft, Obstacle } from '../draft.ts';
import type { Manifest } from '../kinds.ts';
import { fieldDifferences, fieldObstacles, findingsIn } from '../known/fields.ts';
import { CLUSTER_EXTERNAL_SECRET } from '../known/external-secret.ts';
import type { Surroundings } from '../surroundings.ts';
import { convertSpec } from './external-secret.ts';
import { selects } from './selector.ts';

/** One draft for all its namespaces, or several where they do not come to the same. */
export async function convertClusterExternalSecret(
  manifest: Manifest,
  surroundings: Surroundings,
): Promise<Converted[]> {
  const { object } = manifest;
  const namespaces = namespacesOf(object, surroundings);
  if (!Array.isArray(namespaces)) return [cannot(manifest, namespaces)];
  if (namespaces.length === 0) return [nothing(manifest, 'it selects no namespace')];
  const findings = findingsIn(object, CLUSTER_EXTERNAL_SECRET);
  const [obstacles, differences] = [fieldObstacles(findings), fieldDifferences(findings)];
  const spec = at(object, 'spec', 'externalSecretSpec');
  const name = textAt(object, 'spec', 'externalSecretName') || manifest.name;
  const converted = await Promise.all(
    namespaces.map((namespace) =>
      convertSpec({ ...manifest, namespace, name }, spec, obstacles, differences, surroundings),
    ),
  );
  return together(converted, manifest);
}

/** Names, and what selectors select; in files nobody can tell unless the Namespaces are there, too. */
function namespacesOf(object: object, { namespaces }: Surroundings): string[] | Obstacle {
  const named = listAt(object, 'spec', 'namespaces').map(String);
  const selectors = selectorsOf(object);
  if (selectors.length === 0) return [...new Set(named)];
  if (namespaces === undefined)
    return {
      why: 'which namespaces it selects can be told only where all Namespaces are read',
      todo: 'Read it with --context, with the right to list Namespaces.',
    };
  const selected = namespaces.filter(({ labels }) => selectors.some((selector) => selects(selector, labels)));
  return [...new Set([...named, ...selected.map(({ name }) => name)])].sort();
}

function selectorsOf(object: object): unknown[] {
  const one = at(object, 'spec', 'namespaceSelector');
  return [
    ...(one === undefined || one === null ? [] : [one]),
    ...listAt(object, 'spec', 'namespaceSelectors'),
  ];
}

const TODAY =
  'spec.namespaceSelectors: the route names the namespaces selected now; a new one is added by hand';

/** Drafts that differ in nothing but their namespace become one. */
function together(converted: readonly Converted[], manifest: Manifest): Converted[] {
  const origin = originOf(manifest);
  const isSelected = selectorsOf(manifest.object).length > 0;
  const drafts = converted.flatMap((one) => (one.state === 'draft' ? [one.draft] : []));
  const alike = Map.groupBy(drafts, (draft) => JSON.stringify({ ...draft, origins: [], namespaces: [] }));
  const merged = [...alike.values()].flatMap(([first, ...more]): Draft[] => {
    if (first === undefined) return [];
    const namespaces = [first, ...more].flatMap((draft) => draft.namespaces);
    const differences = [...first.differences, ...(isSelected ? [TODAY] : [])];
    return [{ ...first, origins: [origin], namespaces, differences }];
  });
  return [
    ...merged.map((draft): Converted => ({ state: 'draft', draft })),
    ...converted.flatMap((one): Converted[] => (one.state === 'draft' ? [] : [{ ...one, origin }])),
  ];
}
