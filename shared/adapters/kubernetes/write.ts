import type { Kubernetes } from '../../ports.ts';
import type { Written } from '../../target/secret.ts';
import type { Cluster } from '../../registry/document.ts';
import { surprising } from './ask.ts';
import type { Answer, Ask } from './ask.ts';
import { readAsked, readRemoved, toBody } from './objects.ts';

function written(cluster: Cluster, answer: Answer<{ uid: string; resourceVersion: string }>): Written {
  switch (answer.kind) {
    case 'answered':
      return { kind: 'written', uid: answer.value.uid, resourceVersion: answer.value.resourceVersion };
    case 'conflict':
    case 'namespace-missing':
      return { kind: answer.kind };
    default:
      throw surprising(cluster, answer.kind);
  }
}

/** What was only tried has no version. */
const UNSTORED = { uid: '', resourceVersion: '' };

/** Whether a write changes anything at all is the caller's decision: here every call is a request. */
export function createWrites(ask: Ask): Pick<Kubernetes, 'create' | 'tryCreate' | 'replace' | 'remove'> {
  return {
    async create(cluster, secret, signal) {
      const { namespace, name } = secret;
      const call = { verb: 'create', resource: 'secrets', namespace, name } as const;
      const answer = await ask(cluster, call, signal, async (client) =>
        readAsked(await client.create(namespace, toBody(secret), signal), secret),
      );
      return written(cluster, answer);
    },
    async tryCreate(cluster, secret, signal) {
      const { namespace, name } = secret;
      const call = { verb: 'create', resource: 'secrets', namespace, name } as const;
      // Validation and admission come before the look whether one exists, with dryRun as without: k8s.io/apiserver,
      // pkg/registry/generic/registry/store.go.
      const answer = await ask(cluster, call, signal, async (client) => {
        await client.dryRun(namespace, toBody(secret), signal);
        return UNSTORED;
      });
      return written(cluster, answer).kind;
    },
    async replace(cluster, secret, observed, signal) {
      const { namespace, name } = secret;
      const call = { verb: 'update', resource: 'secrets', namespace, name } as const;
      const answer = await ask(cluster, call, signal, async (client) =>
        readAsked(await client.replace(namespace, name, toBody(secret, observed), signal), secret),
      );
      return written(cluster, answer);
    },
    async remove(cluster, observed, signal) {
      const { namespace, name, uid, resourceVersion } = observed;
      const call = { verb: 'delete', resource: 'secrets', namespace, name } as const;
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } };
      const answer = await ask(cluster, call, signal, async (client) =>
        readRemoved(await client.remove(namespace, name, body, signal), observed),
      );
      return written(cluster, answer);
    },
  };
}
