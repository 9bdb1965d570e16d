import type { RequestContext } from '@kubernetes/client-node';
/*
 * The factories that build client-node's requests. The package does not export them, and what it does export parses each
 * answer into its own types, at several times the cost of the request, to be parsed again here: that loses a data key named
 * `__proto__` and fields of later API versions. Its version is pinned; test/adapters/kubernetes/requests.test.ts holds them.
 */
import { AuthenticationV1ApiRequestFactory } from '@kubernetes/client-node/dist/gen/apis/AuthenticationV1Api.js';
import { AuthorizationV1ApiRequestFactory } from '@kubernetes/client-node/dist/gen/apis/AuthorizationV1Api.js';
import { CoreV1ApiRequestFactory } from '@kubernetes/client-node/dist/gen/apis/CoreV1Api.js';
import { ApiException } from '@kubernetes/client-node/dist/gen/apis/exception.js';
import { type Configuration, createConfiguration } from '@kubernetes/client-node/dist/gen/configuration.js';
import { ServerConfiguration } from '@kubernetes/client-node/dist/gen/servers.js';
import { parseBounded } from '../bounded-json.ts';
import { BOUNDS } from './bounds.ts';
import type { ClusterConnection } from './connection.ts';
import type { WireAnswer } from '../exchange.ts';
import { createTransport } from './transport.ts';

/** A page of so many items, from where `next` says. */
interface PageQuery {
  limit: number;
  next: string | undefined;
}

/** The requests vaultcast makes to one cluster. Answers are parsed JSON, not yet looked at; a page of a list is as it was sent. */
export interface ClusterClient {
  namespace(name: string, signal: AbortSignal): Promise<unknown>;
  namespaces(page: PageQuery, signal: AbortSignal): Promise<WireAnswer>;
  secret(namespace: string, name: string, signal: AbortSignal): Promise<unknown>;
  /** Metadata only; of all namespaces when none is given. `isUnparsed`: only the bytes are asked for. */
  secrets(
    namespace: string | undefined,
    selector: string,
    page: PageQuery & { isUnparsed?: boolean },
    signal: AbortSignal,
  ): Promise<WireAnswer>;
  create(namespace: string, body: object, signal: AbortSignal): Promise<unknown>;
  /** Everything a POST of a Secret does, admission included, but storing it. */
  dryRun(namespace: string, body: object, signal: AbortSignal): Promise<unknown>;
  replace(namespace: string, name: string, body: object, signal: AbortSignal): Promise<unknown>;
  remove(namespace: string, name: string, body: object, signal: AbortSignal): Promise<unknown>;
  /** Who we are to the server; `date` is its clock as its Date header tells it. */
  whoAmI(signal: AbortSignal): Promise<{ review: unknown; date: string | undefined }>;
  /** @param attributes `resourceAttributes` of a SelfSubjectAccessReview */
  mayI(attributes: object, signal: AbortSignal): Promise<unknown>;
  /** See Transport. */
  rest(): void;
  close(): Promise<void>;
}

/** Its limits: see createTransport. */
export function createClusterClient(
  connection: ClusterConnection,
  timeoutMs: number,
  maxBodyBytes: number,
): ClusterClient {
  const transport = createTransport(connection, timeoutMs, maxBodyBytes);
  const configuration = createConfiguration({ baseServer: new ServerConfiguration(connection.server, {}) });
  const core = new CoreV1ApiRequestFactory(configuration);
  const send: Send = async (building, kind, { signal, accept, body }) => {
    const request = await building;
    if (accept !== undefined) request.setHeaderParam('Accept', accept);
    // Set here: the factories are given none, for they would copy it field by field.
    if (body !== undefined) request.setBody(JSON.stringify(body));
    return succeeded(await transport.send(request, kind, signal));
  };
  return {
    ...readsOf(core, send),
    ...writesOf(core, send),
    ...reviewsOf(configuration, send),
    rest: () => transport.rest(),
    close: () => transport.close(),
  };
}

interface CallOptions {
  signal: AbortSignal;
  accept?: string;
  body?: object;
}

type Kind = keyof typeof BOUNDS;
type Send = (building: Promise<RequestContext>, kind: Kind, options: CallOptions) => Promise<WireAnswer>;

/** As client-node says it. */
function succeeded(answer: WireAnswer): WireAnswer {
  const { status, body, headers } = answer;
  if (status >= 200 && status < 300) return answer;
  const said = body.length > BOUNDS.refusal.bytes ? '' : body.toString('utf8');
  throw new ApiException(status, 'refused', said, headers as Record<string, string>);
}

async function content(answering: Promise<WireAnswer>, kind: Kind): Promise<unknown> {
  return parseBounded(await answering, BOUNDS[kind].values);
}

/** Lets a list of 500 Secrets of 25 kB weigh 0.5 MB instead of 17. */
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const NONE = undefined;

function readsOf(
  core: CoreV1ApiRequestFactory,
  send: Send,
): Pick<ClusterClient, 'namespace' | 'namespaces' | 'secret' | 'secrets'> {
  return {
    namespace: (name, signal) =>
      content(send(core.readNamespace(name), 'namespace', { signal }), 'namespace'),
    namespaces: ({ limit, next }, signal) =>
      send(core.listNamespace(NONE, NONE, next, NONE, NONE, limit), 'page', { signal }),
    secret: (namespace, name, signal) =>
      content(send(core.readNamespacedSecret(name, namespace), 'secret', { signal }), 'secret'),
    secrets: (namespace, selector, { limit, next, isUnparsed = false }, signal) => {
      const building =
        namespace === undefined
          ? core.listSecretForAllNamespaces(NONE, next, NONE, selector, limit)
          : core.listNamespacedSecret(namespace, NONE, NONE, next, NONE, selector, limit);
      return send(building, isUnparsed ? 'unparsed' : 'page', { signal, accept: METADATA_ONLY });
    },
  };
}

function writesOf(
  core: CoreV1ApiRequestFactory,
  send: Send,
): Pick<ClusterClient, 'create' | 'dryRun' | 'replace' | 'remove'> {
  const write = (building: Promise<RequestContext>, body: object, signal: AbortSignal): Promise<unknown> =>
    content(send(building, 'secret', { signal, body }), 'secret');
  return {
    create: (namespace, body, signal) => write(core.createNamespacedSecret(namespace, {}), body, signal),
    dryRun: (namespace, body, signal) =>
      write(core.createNamespacedSecret(namespace, {}, NONE, 'All'), body, signal),
    replace: (namespace, name, body, signal) =>
      write(core.replaceNamespacedSecret(name, namespace, {}), body, signal),
    remove: (namespace, name, body, signal) =>
      write(core.deleteNamespacedSecret(name, namespace), body, signal),
  };
}

/** What an API server says of us, and what it would do. */
function reviewsOf(configuration: Configuration, send: Send): Pick<ClusterClient, 'whoAmI' | 'mayI'> {
  const authentication = new AuthenticationV1ApiRequestFactory(configuration);
  const authorization = new AuthorizationV1ApiRequestFactory(configuration);
  return {
    async whoAmI(signal) {
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
      const answer = await send(authentication.createSelfSubjectReview({}), 'review', { signal, body });
      const { date } = answer.headers;
      const review = parseBounded(answer, BOUNDS.review.values);
      return { review, date: typeof date === 'string' ? date : undefined };
    },
    mayI(resourceAttributes, signal) {
      const spec = { resourceAttributes };
      const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec };
      const building = authorization.createSelfSubjectAccessReview({ spec: {} });
      return content(send(building, 'review', { signal, body }), 'review');
    },
  };
}
