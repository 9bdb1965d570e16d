import type { LocalRequest } from '../network/https-server.ts';
import { negotiate, present } from './wire/accept.ts';
import { decodeSecret } from './wire/decode.ts';
import { list } from './storage/lists.ts';
import { timestamp } from './storage/objects.ts';
import { dryRunOf, parseDeleteOptions } from './storage/options.ts';
import type { Admit, Write } from './storage/options.ts';
import { notAllowed, stored } from './access/requests.ts';
import type { Ask } from './access/requests.ts';
import { createSecret, deleteSecret, updateSecret } from './storage/secrets.ts';
import { methodNotAllowed, notFound, notImplemented, Refusal } from './wire/status.ts';
import { secretKey } from './storage/store.ts';
import type { Store } from './storage/store.ts';
import { isMaster } from './access/users.ts';
import type { User } from './access/users.ts';

/** Requests that took effect, by verb: a PUT that changes nothing counts, dry runs and refusals do not. */
export interface Writes {
  create: number;
  update: number;
  delete: number;
}

export interface Cluster {
  store: Store;
  writes: Writes;
  now: () => Date;
  /** `namespace` is empty at the cluster scope. Default: everybody may do everything. */
  authorize?: (user: string, verb: string, resource: string, namespace: string) => boolean;
  admit?: Admit;
}

interface Served {
  status: number;
  body: object;
}

const MAX_BODY_BYTES = 3 * 1024 * 1024;

export function may({ authorize }: Cluster, user: User, { verb, resource, namespace }: Ask): boolean {
  return isMaster(user) || (authorize?.(user.name, verb, resource, namespace) ?? true);
}

/** The manager of managedFields: as asked for, else the first word of the User-Agent. */
function managerOf({ query, headers }: LocalRequest): string {
  return query.get('fieldManager') || (headers['user-agent'] ?? 'unknown').split('/')[0] || 'unknown';
}

function writeOf(cluster: Cluster, user: User, { namespace }: Ask, request: LocalRequest): Write {
  const { store, now, admit } = cluster;
  const deleteOptions = request.method === 'DELETE' ? parseDeleteOptions(request.body) : undefined;
  return {
    store,
    namespace,
    user: user.name,
    groups: user.groups,
    writer: { manager: managerOf(request), time: timestamp(now()) },
    now,
    query: request.query,
    ...(deleteOptions && { deleteOptions }),
    ...(admit && { admit }),
  };
}

function checkBody({ headers, body }: LocalRequest): void {
  if (Buffer.byteLength(body) > MAX_BODY_BYTES)
    throw new Refusal(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY_BYTES}`);
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  if (body !== '' && type !== '' && type.trim() !== 'application/json')
    throw new Refusal(
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
}

const WRITES = {
  create: (write: Write, _name: string, body: string) => createSecret(write, decodeSecret(body)),
  update: (write: Write, name: string, body: string) => updateSecret(write, name, decodeSecret(body)),
  delete: (write: Write, name: string) => deleteSecret(write, name),
};

const isWrite = (verb: string): verb is keyof typeof WRITES => Object.hasOwn(WRITES, verb);

function write(cluster: Cluster, user: User, ask: Ask, request: LocalRequest): Served {
  const { verb, name } = ask;
  if (!isWrite(verb)) throw notImplemented(verb);
  if (stored(ask) === 'namespaces') throw notImplemented(`${verb} of namespaces`);
  if (ask.namespace === '') throw methodNotAllowed();
  checkBody(request);
  const options = writeOf(cluster, user, ask, request);
  const body = WRITES[verb](options, name, request.body);
  if (!dryRunOf(options, '')) cluster.writes[verb] += 1;
  return { status: verb === 'create' ? 201 : 200, body };
}

function get({ store }: Cluster, ask: Ask): object {
  const resource = stored(ask);
  const { namespaces, secrets } = store.view();
  const { namespace, name } = ask;
  const found = resource === 'secrets' ? secrets.get(secretKey(namespace, name)) : namespaces.get(name);
  if (!found) throw notFound({ resource, name });
  return found;
}

function run(cluster: Cluster, user: User, ask: Ask, request: LocalRequest): Served {
  if (ask.verb === 'get') return { status: 200, body: get(cluster, ask) };
  if (ask.verb !== 'list') return write(cluster, user, ask, request);
  return { status: 200, body: list(cluster.store, stored(ask), ask.namespace, request.query) };
}

/** Authorization, then the verb, then the shape that was asked for: a 406 comes after the write took effect. */
export function serve(cluster: Cluster, user: User, ask: Ask, request: LocalRequest): Served {
  if (!may(cluster, user, ask)) throw notAllowed(user.name, ask);
  const view = negotiate(request.headers.accept);
  const { status, body } = run(cluster, user, ask, request);
  return { status, body: present(body, view) };
}
