import { startHttps } from '../network/https-server.ts';
import type { LocalServer } from '../network/https-server.ts';
import { answer } from './answer.ts';
import type { Api } from './answer.ts';
import { people } from './people.ts';
import type { People } from './people.ts';
import { createStore } from './storage/store.ts';
import type { Writes } from './verbs.ts';
import type { Authority } from '../network/authority.ts';

export type { AdmissionReview } from './storage/options.ts';
export type { Secret } from './storage/objects.ts';

export interface KubernetesOptions extends Pick<Api, 'authenticate' | 'authorize' | 'admit'> {
  authority: Authority;
  /** Name of the cluster; its server is `https://NAME.k8s.localhost:PORT`. */
  name: string;
  /** PEM; client certificates of this authority are users, too. */
  clientCa?: string;
  now?: () => Date;
  /** As of managers that serve many clusters under one host: `/k8s/clusters/c-1`. */
  pathPrefix?: string;
}

/**
 * The API server of one cluster in small: Secrets and Namespaces, with the answers of kube-apiserver 1.36. No watch,
 * no patch, no field selectors: asking for those is a 501, never a wrong answer.
 */
export interface KubernetesStandIn extends People {
  server: LocalServer;
  /** For the `server` of a Cluster; without slash at the end. */
  url: string;
  /** Writes of clients; what people do is not counted. */
  writes: Writes;
  /** From now on the pages that follow answer 410, as five minutes later in a real cluster. */
  expireContinueTokens(): void;
  stop(): Promise<void>;
}

export async function startKubernetes(options: KubernetesOptions): Promise<KubernetesStandIn> {
  const { authority, name, clientCa, authenticate, authorize, admit } = options;
  const { now = () => new Date(), pathPrefix = '' } = options;
  const store = createStore();
  const writes: Writes = { create: 0, update: 0, delete: 0 };
  const api: Api = {
    store,
    writes,
    now,
    authenticate,
    pathPrefix,
    ...(authorize && { authorize }),
    ...(admit && { admit }),
  };
  const host = `${name}.k8s.localhost`;
  const issued = await authority.issue([host, '127.0.0.1']);
  const server = await startHttps({
    ...issued,
    ...(clientCa === undefined ? {} : { clientCa }),
    handle: (request) => answer(api, request),
  });
  return {
    ...people(store, now),
    server,
    url: `https://${host}:${server.port}${pathPrefix}`,
    writes,
    expireContinueTokens: () => store.expire(),
    stop: () => server.stop(),
  };
}
