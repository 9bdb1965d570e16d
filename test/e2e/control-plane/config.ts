import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Authority } from '../../local/network/authority.ts';

export interface ApiServerConfig {
  /** `weu-1`: the host is `weu-1.k8s.localhost`, the data in etcd under `/weu-1`. */
  name: string;
  port: number;
  /** For what this API server writes and reads; made here. */
  folder: string;
  etcdUrl: string;
  authority: Authority;
  issuerUrl: string;
  /** The audience that a token must have: in Azure the id of the server application. */
  audience: string;
}

/**
 * Writes the files that a kube-apiserver is started with and returns its arguments (measured with 1.36).
 * There is no controller manager: no service account gets a token, and a namespace that is deleted stays Terminating.
 */
export async function prepareApiServer(config: ApiServerConfig): Promise<string[]> {
  const { authority, folder, name } = config;
  const serving = await authority.issue([`${name}.k8s.localhost`, '127.0.0.1']);
  const serviceAccounts = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const files: Record<string, string> = {
    'ca.crt': authority.caPem,
    'tls.crt': serving.cert,
    'tls.key': serving.key,
    'service-accounts.key': String(serviceAccounts.export({ type: 'pkcs8', format: 'pem' })),
    'authentication.json': JSON.stringify(authentication(config)),
    'audit-policy.json': JSON.stringify(AUDIT_POLICY),
  };
  await mkdir(folder, { recursive: true });
  const writes = Object.entries(files).map(([file, text]) =>
    writeFile(join(folder, file), text, { mode: 0o600 }),
  );
  await Promise.all(writes);
  return flags(config);
}

export function auditLogFile(folder: string): string {
  return join(folder, 'audit.log');
}

function flags({ folder, name, port, etcdUrl }: ApiServerConfig): string[] {
  const file = (path: string): string => join(folder, path);
  return [
    `--etcd-servers=${etcdUrl}`,
    `--etcd-prefix=/${name}`,
    '--bind-address=127.0.0.1',
    // Nothing connects to it, but without it a machine that has no default route cannot start an API server.
    '--advertise-address=192.0.2.1',
    '--endpoint-reconciler-type=none',
    `--secure-port=${port}`,
    `--cert-dir=${folder}`,
    `--tls-cert-file=${file('tls.crt')}`,
    `--tls-private-key-file=${file('tls.key')}`,
    `--client-ca-file=${file('ca.crt')}`,
    `--authentication-config=${file('authentication.json')}`,
    '--authorization-mode=RBAC',
    '--disable-admission-plugins=ServiceAccount',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${file('service-accounts.key')}`,
    `--service-account-key-file=${file('service-accounts.key')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    `--audit-policy-file=${file('audit-policy.json')}`,
    `--audit-log-path=${auditLogFile(folder)}`,
  ];
}

/** As a cluster outside AKS is made to trust a directory: the user's name is the object id, without a prefix. */
function authentication({ issuerUrl, audience, authority }: ApiServerConfig): object {
  const issuer = {
    url: issuerUrl,
    // By address: the resolver that is built into Go programs does not know names under .localhost.
    discoveryURL: `https://127.0.0.1:${new URL(issuerUrl).port}/.well-known/openid-configuration`,
    audiences: [audience],
    certificateAuthority: authority.caPem,
  };
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AuthenticationConfiguration',
    jwt: [{ issuer, claimMappings: { username: { claim: 'oid', prefix: '' } } }],
  };
}

/** One line per answered request about what vaultcast touches, without bodies; not the API server's own. */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', users: ['system:apiserver'] },
    { level: 'Metadata', resources: [{ group: '', resources: ['secrets', 'namespaces'] }] },
    { level: 'None' },
  ],
};
