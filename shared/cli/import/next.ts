import type { PersonCluster } from '../connect/cluster.ts';
import type { ImportPlan } from './plan.ts';

interface NextOptions {
  write?: string;
  verify?: boolean;
  user?: string;
}

/** What is left to a person, in the order in which it is done. */
export function nextSteps(
  { routes, consents }: ImportPlan,
  person: PersonCluster | undefined,
  { write, verify, user }: NextOptions,
): string[] {
  if (routes.length === 0) return [];
  const folder = write ?? 'FOLDER';
  const vaults = new Map(routes.map(({ route, draft }) => [route.spec.vault, draft.vaultUrl]));
  const context = person === undefined ? 'CONTEXT' : person.context;
  const due = consents.filter(({ given, accept }) => !given && accept !== '');
  return [
    ...labelNotes(routes),
    ...consents.flatMap(({ namespace, refused }) =>
      refused.map(
        (secret) => `Namespace ${namespace} will not accept ${secret}: its label says another prefix.`,
      ),
    ),
    'Next:',
    `  VAULTS of the app must have: ${[...vaults].map(([alias, url]) => `${alias}=${url}`).join(',')}`,
    ...(write === undefined ? [`  the same with --write ${folder}`] : []),
    `  vaultcast apply -f ${folder}/registry`,
    ...(due.length > 0
      ? [
          ...(user === undefined
            ? [`  replace PUSHER_USER in ${folder}/consent by the object id of the app's identity`]
            : []),
          `  kubectl apply --server-side --field-manager vaultcast -f ${folder}/consent`,
        ]
      : []),
    ...(verify === true ? [] : [`  vaultcast import --context ${context} --verify`]),
    `  let the other tool go of its Secrets (infra/moving.md), then: vaultcast adopt --context ${context} ${secretsText(routes)}`,
  ];
}

function labelNotes(routes: ImportPlan['routes']): string[] {
  const keys = routes.flatMap(({ draft }) => [
    ...Object.keys(draft.labels),
    ...Object.keys(draft.annotations),
  ]);
  const named = [...new Set(keys)].sort().join(',');
  return named === '' ? [] : [`ALLOWED_METADATA of the app must have: ${named}`];
}

const SHOWN = 8;

function secretsText(routes: ImportPlan['routes']): string {
  const all = routes.flatMap(({ draft }) =>
    draft.namespaces.map((namespace) => `${namespace}/${draft.secret}`),
  );
  return all.length > SHOWN ? `${all.slice(0, SHOWN).join(' ')} …` : all.join(' ');
}
