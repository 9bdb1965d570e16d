import { stringify } from 'yaml';
import type { ImportPlan } from '../../../shared/cli/import/plan.ts';
import type { verifyPlan } from '../../../shared/cli/import/verify.ts';
import { run } from '../run.ts';
import type { Ran, RunOptions } from '../run.ts';

/** What `vaultcast import -o json` prints. */
export interface Imported {
  ran: Ran;
  items: ImportPlan['items'];
  verified: Awaited<ReturnType<typeof verifyPlan>>;
  routes: { metadata: { name: string }; spec: Record<string, unknown> }[];
}

/** Imports these objects for Cluster weu-1, by stdin. */
export async function importing(
  objects: readonly object[],
  args: readonly string[] = ['--cluster', 'weu-1'],
  options: RunOptions = {},
): Promise<Imported> {
  const stdin = objects.map((object) => stringify(object)).join('---\n');
  const ran = await run(['import', '-f', '-', '-o', 'json', ...args], { stdin, ...options });
  const empty = { items: [], verified: [], routes: [] };
  return { ran, ...(ran.out === '' ? empty : (JSON.parse(ran.out) as Omit<Imported, 'ran'>)) };
}

/** The only object's fate: its route's spec, or its notes. */
export async function importOne(
  object: object,
  ...around: object[]
): Promise<{ spec: Record<string, unknown> | undefined; result: string; notes: string }> {
  const { items, routes } = await importing([object, ...around]);
  const { result = 'nothing', notes = [] } = items[0] ?? {};
  return { spec: routes[0]?.spec, result, notes: notes.join('\n') };
}

export const STORE = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'SecretStore',
  metadata: { name: 'kv', namespace: 'app-1' },
  spec: { provider: { azurekv: { vaultUrl: 'https://team.vault.azure.net/' } } },
};

/** An ExternalSecret of namespace app-1, with the key password of secret app-1--pg--password unless said otherwise. */
export function externalSecret(spec: object = {}, name = 'pg', metadata: object = {}) {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, namespace: 'app-1', ...metadata },
    spec: {
      secretStoreRef: { name: 'kv', kind: 'SecretStore' },
      ...('dataFrom' in spec || 'data' in spec ? {} : { data: [one('password', 'app-1--pg--password')] }),
      ...spec,
    },
  };
}

/** An entry of `data`. */
export function one(secretKey: string, key: string, more: object = {}) {
  return { secretKey, remoteRef: { key, ...more } };
}
