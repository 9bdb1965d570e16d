import type { Host } from '../app.ts';
import type { HttpData, RegisteredFunction, TypedData } from '../worker/core.ts';
import type { HostReply, HostRequest } from './server.ts';

type Params = Record<string, string>;

function matchSegment(template: string, segment: string | undefined, params: Params): boolean {
  const [, name, optional] = /^\{(\w+)(?::[^}?]+)?(\?)?\}$/.exec(template) ?? [];
  if (name === undefined) return template.toLowerCase() === segment?.toLowerCase();
  if (segment === undefined) return optional !== undefined;
  params[name] = segment;
  return true;
}

/** The parameters when the path fits the route template (`items/{id}`, `{id?}`, constraints are not checked). */
function matchRoute(template: string, path: string): Params | undefined {
  const parts = (text: string): string[] => text.split('/').filter((part) => part !== '');
  const [templates, segments] = [parts(template), parts(path).map(decodeURIComponent)];
  const params: Params = {};
  if (segments.length > templates.length) return undefined;
  return templates.every((part, index) => matchSegment(part, segments[index], params)) ? params : undefined;
}

const routeOf = ({ name, trigger }: RegisteredFunction): string => {
  const { route } = trigger;
  return typeof route === 'string' && route !== '' ? route : name;
};

/** Fixed routes win over those with parameters. */
function findFunction(
  host: Host,
  method: string,
  path: string,
): { fn: RegisteredFunction; params: Params } | undefined {
  const literals = (fn: RegisteredFunction): number => routeOf(fn).replaceAll(/\{[^}]*\}/g, '').length;
  return host.functions
    .filter(({ trigger }) => trigger.type === 'httpTrigger')
    .filter(({ trigger }) => (trigger['methods'] as string[]).some((known) => known.toUpperCase() === method))
    .toSorted((one, other) => literals(other) - literals(one))
    .map((fn) => ({ fn, params: matchRoute(routeOf(fn), path) }))
    .find((found): found is { fn: RegisteredFunction; params: Params } => found.params !== undefined);
}

/** Everything but `anonymous` needs the key, in the header or the query; without a configured key nothing passes. */
function isAllowed(
  { trigger }: RegisteredFunction,
  { headers, url }: HostRequest,
  key: string | undefined,
): boolean {
  if (String(trigger['authLevel']).toLowerCase() === 'anonymous') return true;
  return key !== undefined && (headers['x-functions-key'] ?? url.searchParams.get('code')) === key;
}

function toHttpData({ method, url, headers, body }: HostRequest, params: Params): HttpData {
  return {
    method,
    url: url.href,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    query: Object.fromEntries(url.searchParams),
    params,
    ...(body.length > 0 && { body: { bytes: body } }),
  };
}

function toReply(returned: TypedData | null | undefined): HostReply {
  const http = returned?.http;
  if (!http) return { status: 204 };
  const { statusCode, headers, body } = http;
  return {
    status: Number(statusCode ?? 200),
    ...(headers && { headers }),
    body: body?.bytes ?? body?.string ?? '',
  };
}

/** Answers a path below the route prefix; a failed function is a 500 without a body, as in production. */
export async function answerHttp(host: Host, request: HostRequest, path: string): Promise<HostReply> {
  const found = findFunction(host, request.method, path);
  if (!found) return { status: 404 };
  if (!isAllowed(found.fn, request, host.env['FUNCTIONS_KEY'])) return { status: 401 };
  const input = { http: toHttpData(request, found.params) };
  return host.execute(found.fn, input).then(toReply, () => ({ status: 500 }));
}
