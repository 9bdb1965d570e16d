import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import '../../local/network/dns.mjs';
import type { Authority } from '../../local/network/authority.ts';
import type { TokenService } from '../../local/tokens/service.ts';
import { auditLogFile, prepareApiServer } from './config.ts';
import { readAuditLog, type AuditedRequest } from './audit-log.ts';
import { binaries } from '../binaries/find.ts';
import { startEtcd } from './etcd.ts';
import { guardFolder } from './guard.ts';
import { connect, type Call } from '../cluster/call.ts';
import { freePort } from './ports.ts';
import { start, type Program, type Running } from './processes.ts';

export interface ApiServer {
  name: string;
  /** `https://NAME.k8s.localhost:PORT` */
  url: string;
  caPem: string;
  /** As a member of system:masters, by client certificate. */
  admin: Call;
  /** As whoever the bearer token names. */
  as(token: string): Call;
  /** What it has answered about Secrets and Namespaces, since it was first started. */
  audit(): Promise<AuditedRequest[]>;
  pid(): number;
  /** SIGSTOP: connections are accepted and never answered. */
  suspend(): void;
  resume(): void;
  /** SIGKILL: connections are refused. */
  kill(): Promise<void>;
  /** On the same port, with the same data; resolves when it is ready. */
  restart(): Promise<void>;
}

export interface ApiServers {
  /** @throws Error when there is none of that name */
  cluster(name: string): ApiServer;
  /** Of everything that was started: etcd, the API servers, and the shell that guards them. */
  pids(): number[];
  /** Ends all of it and removes its files. */
  stop(): Promise<void>;
}

export interface ApiServersOptions {
  names: string[];
  authority: Authority;
  tokens: TokenService;
  audience: string;
}

/**
 * Real kube-apiservers, one per name, on one etcd. They trust `tokens` as an OpenID Connect issuer, and every user has
 * the rights that RBAC gives to their object id: none at first. They end with this process, however it ends.
 */
export async function startApiServers(options: ApiServersOptions): Promise<ApiServers> {
  const programs = await binaries();
  const folder = await mkdtemp(join(tmpdir(), 'vaultcast-e2e-'));
  const guard = guardFolder(folder);
  try {
    const etcd = await startEtcd(programs.etcd, folder);
    const context = { ...options, command: programs.kubeApiserver, folder, etcdUrl: etcd.url };
    const servers = await Promise.all(options.names.map((name) => startOne(name, context)));
    return {
      cluster: (name) => find(servers, name),
      pids: () => [
        ...servers.map((server) => server.pid()),
        etcd.running.pid,
        ...(guard.pid ? [guard.pid] : []),
      ],
      stop: async () => {
        await Promise.all(servers.map((server) => server.stop()));
        await etcd.running.kill();
        await guard.release();
      },
    };
  } catch (error) {
    await guard.release();
    throw error;
  }
}

type Stoppable = ApiServer & { stop(): Promise<void> };
type Context = ApiServersOptions & { command: string; folder: string; etcdUrl: string };

async function startOne(name: string, context: Context): Promise<Stoppable> {
  const { authority, tokens, audience, command, folder, etcdUrl } = context;
  const port = await freePort();
  const own = join(folder, name);
  const { issuerUrl } = tokens;
  const args = await prepareApiServer({ name, port, folder: own, etcdUrl, authority, issuerUrl, audience });
  const url = `https://${name}.k8s.localhost:${port}`;
  const connection = connect(url, authority.caPem);
  const admin = connection.as({ certificate: await authority.issueClient('admin', 'system:masters') });
  const as = (token: string): Call => connection.as({ token });
  const ready = async (): Promise<boolean> => {
    // Also when it has just read the issuer's keys: before that, every token is refused.
    return (await admin('/readyz')).status === 200 && (await knows(as(await tokens.issue(audience))));
  };
  const program = { name, command, args, folder, ready };
  const control = await controlled(program);
  const audit = (): Promise<AuditedRequest[]> => readAuditLog(auditLogFile(own));
  const stop = async (): Promise<void> => {
    await control.kill();
    await connection.close();
  };
  return { name, url, caPem: authority.caPem, admin, as, audit, ...control, stop };
}

async function knows(call: Call): Promise<boolean> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  return (await call(path, { method: 'POST', body: review })).status === 201;
}

async function controlled(
  program: Program,
): Promise<Pick<ApiServer, 'pid' | 'suspend' | 'resume' | 'kill' | 'restart'>> {
  let running: Running = await start(program);
  return {
    pid: () => running.pid,
    suspend: () => running.signal('SIGSTOP'),
    resume: () => running.signal('SIGCONT'),
    kill: () => running.kill(),
    restart: async () => {
      await running.kill();
      running = await start(program);
    },
  };
}

function find<T extends { name: string }>(servers: T[], name: string): T {
  const found = servers.find((server) => server.name === name);
  if (!found) throw new Error(`no API server ${name} was started`);
  return found;
}
