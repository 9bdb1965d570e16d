import type { Ports } from '../../../shared/ports.ts';
import type { ReconcileMessage } from '../../../shared/retry/message.ts';
import type { RunStatus } from '../../../shared/status/run.ts';
import { NO_CLUSTER } from '../../../shared/status/target.ts';
import type { FakeStatus } from '../../support/fakes/status.ts';
import { aRun } from '../app.ts';

const UNLISTED =
  'vault team was not listed: VAULT_FORBIDDEN: vault team: refused with 403 Forbidden; check the role Key Vault Secrets User and the firewall of the vault';

const BINDING =
  "find and delete the binding that gives it: kubectl get clusterrolebindings,rolebindings -A -o wide | grep '45567b4c-0acd-4c00-8c9c-8e0219f27271'";

/** What the app says at each cluster, in its own words. */
const PLANS: Readonly<Record<string, Partial<RunStatus>>> = {
  'weu-1': {
    counts: { PLANNED: 2, NOT_ACCEPTED: 1, UNCHANGED: 36, ORPHANED: 39, REMOVAL_HELD: 39 },
    total: 78,
    lines: [
      'PLANNED app-1/postgres972: the Secret would be updated: changes key connectionstring; for secret app-1--postgres972--connectionstring (version 01234567 -> 89abcdef)',
      'PLANNED app-1/mq: the Secret would be created: keys password, user',
      'NOT_ACCEPTED app-2/redis: namespace app-2 accepts no secrets (annotation vaultcast.dev/accept is missing)',
    ],
  },
  'neu-1': {
    state: 'failed',
    counts: { CLUSTER_UNREACHABLE: 1 },
    total: 0,
    lines: ['CLUSTER_UNREACHABLE: cluster neu-1, list namespaces: it refused the connection'],
  },
};

const CHECKED = [
  'OK server: https://weu-1.example.com',
  'OK name: resolves to 10.1.2.3',
  'OK tls: the certificate is of the registered authority, valid until 2026-12-30 03:12',
  'OK permission: reads and writes Secrets in app-1, app-2, app-3',
  `WARN excess: may patch, deletecollection secrets in namespaces app-1, app-2, app-3, and need not -> ${BINDING}`,
  `WARN excess: may create pods in the whole cluster, and need not -> ${BINDING}`,
  'FAIL policy: a Secret of another instance is let through in namespace app-1: the policy is missing, or of an earlier release -> kubectl apply -k a copy of infra/kubernetes/example whose settings.yaml has instance: vaultcast-prod',
  'OK accept: namespace app-1 accepts app-1--',
];

function resultOf(message: ReconcileMessage, cluster: string): Partial<RunStatus> {
  if (message.kind === 'check')
    return { kind: 'check', counts: { OK: 5, WARN: 2, FAIL: 1 }, state: 'failed', lines: CHECKED };
  if (message.kind === 'push') {
    const lines = [
      'DELIVERED weu-1/app-1/postgres972: the Secret was updated',
      'CLUSTER_UNREACHABLE neu-1/app-1/postgres972: cluster neu-1, get namespaces app-1: it refused the connection',
    ];
    return { kind: 'push', counts: { DELIVERED: 1, CLUSTER_UNREACHABLE: 1 }, lines };
  }
  if ('dryRun' in message && message.dryRun) return { kind: 'plan', ...PLANS[cluster] };
  return { state: 'incomplete', counts: { VAULT_FORBIDDEN: 39 }, lines: [UNLISTED] };
}

/** An app that answers at once: each cluster of a message gets a row. */
export function queueOf(status: FakeStatus): Pick<Ports['queue'], 'reconcile'> {
  return {
    async reconcile(message, _delayMs, signal) {
      const clusters = 'clusters' in message ? message.clusters : [NO_CLUSTER];
      for (const cluster of clusters)
        await status.saveRun(aRun({ run: message.run, ...resultOf(message, cluster), cluster }), signal);
    },
  };
}
