import { placeText } from './draft.ts';
import type { Converted, Draft, Obstacle } from './draft.ts';

/**
 * One draft per Secret. Several objects of akv2k8s may make the keys of one Secret: they become one draft. Anything else that
 * two objects make is refused of the second.
 */
export function onePerSecret(converted: readonly Converted[]): Converted[] {
  const drafts: Draft[] = [];
  const others: Converted[] = [];
  for (const one of converted) {
    const rival = one.state === 'draft' ? drafts.find((draft) => isSameSecret(draft, one.draft)) : undefined;
    if (one.state !== 'draft') others.push(one);
    else if (rival === undefined) drafts.push(one.draft);
    else {
      const merged = together(rival, one.draft);
      if ('todo' in merged) others.push(...refusals(one.draft, merged));
      else drafts[drafts.indexOf(rival)] = merged;
    }
  }
  return [...drafts.map((draft): Converted => ({ state: 'draft', draft })), ...others];
}

function isSameSecret(a: Draft, b: Draft): boolean {
  return a.secret === b.secret && a.namespaces.some((namespace) => b.namespaces.includes(namespace));
}

function refusals({ origins }: Draft, obstacle: Obstacle): Converted[] {
  return origins.map((origin) => ({ state: 'cannot', origin, obstacles: [obstacle] }));
}

function together(first: Draft, second: Draft): Draft | Obstacle {
  const isOfParts = [first, second].every(({ origins }) =>
    origins.every(({ kind }) => kind === 'AzureKeyVaultSecret'),
  );
  const isAlike = first.vaultUrl === second.vaultUrl && first.type === second.type;
  const [one, other] = [first.content, second.content];
  if (!isOfParts || !isAlike || !('data' in one) || !('data' in other)) return taken(first);
  if (Object.keys(one.data).some((key) => Object.hasOwn(other.data, key))) return taken(first);
  return {
    ...first,
    origins: [...first.origins, ...second.origins],
    content: { data: { ...one.data, ...other.data } },
    differences: [...new Set([...first.differences, ...second.differences])],
  };
}

function taken({ origins, namespaces, secret }: Draft): Obstacle {
  const by = origins.map((origin) => `${origin.kind} ${placeText(origin)}`).join(', ');
  return {
    why: `${by} makes Secret ${placeText({ namespace: namespaces[0] ?? '', name: secret })}, too`,
    todo: 'A Secret belongs to one route: bring all its keys into that one.',
  };
}
