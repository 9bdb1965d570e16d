import { vi } from 'vitest';

import type { Call } from './cluster/call.ts';
import { WITHIN } from './cluster/policies.ts';

/** A kind as an API server is to have it. */
export interface CustomKind {
  kind: string;
  group: string;
  /** The first one is stored; all are served. */
  versions: readonly string[];
  resource: string;
  namespaced: boolean;
}

/** Makes the API server know kinds, whatever their fields are; resolves when it serves them. */
export async function installKinds(admin: Call, kinds: readonly CustomKind[]): Promise<void> {
  for (const kind of kinds) {
    const body = definitionOf(kind);
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const { status, body: answer } = await admin(path, { method: 'POST', body });
    if (status !== 201) throw new Error(`CRD of ${kind.kind} answered ${status}: ${JSON.stringify(answer)}`);
  }
  for (const { group, versions, resource } of kinds)
    await vi.waitFor(async () => {
      const { status } = await admin(`/apis/${group}/${versions[0]}/${resource}`);
      if (status !== 200) throw new Error(`${resource} is not served yet`);
    }, WITHIN);
}

function definitionOf({ kind, group, versions, resource, namespaced }: CustomKind): object {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${resource}.${group}` },
    spec: {
      group,
      names: { kind, plural: resource, singular: kind.toLowerCase(), listKind: `${kind}List` },
      scope: namespaced ? 'Namespaced' : 'Cluster',
      versions: versions.map((name, index) => ({ name, served: true, storage: index === 0, schema })),
    },
  };
}
