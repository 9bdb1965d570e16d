import type { Platform } from '../groups/platform.ts';
import type { HttpData, IndexedFunction, TypedData } from '../worker/messages.ts';
import { keysOf, refusalOf } from './keys.ts';
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

const routeOf = ({ name, trigger }: IndexedFunction): string => {
  const { route } = trigger;
  return typeof route === 'string' && route !== '' ? route : name;
};

/** Fixed routes win over those with parameters. */
function findFunction(
  platform: Platform,
  method: string,
  path: string,
): { fn: IndexedFunction; params: Params } | undefined {
  const literals = (fn: IndexedFunction): number => routeOf(fn).replaceAll(/\{[^}]*\}/g, '').length;
  return platform.functions
    .filter(({ trigger }) => trigger.type === 'httpTrigger')
    .filter(({ trigger }) => (trigger['methods'] as string[]).some((known) => known.toUpperCase() === method))
    .toSorted((one, other) => literals(other) - literals(one))
    .map((fn) => ({ fn, params: matchRoute(routeOf(fn), path) }))
    .find((found): found is { fn: IndexedFunction; params: Params } => found.params !== undefined);
}

/** Everything but `anonymous` needs a key. */
function keyRefusal({ trigger }: IndexedFunction, request: HostRequest, env: NodeJS.ProcessEnv) {
  if (String(trigger['authLevel']).toLowerCase() === 'anonymous') return undefined;
  return refusalOf(request, keysOf(env), 'functions');
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
export async function answerHttp(platform: Platform, request: HostRequest, path: string): Promise<HostReply> {
  const found = findFunction(platform, request.method, path);
  if (!found) return { status: 404 };
  const refused = keyRefusal(found.fn, request, platform.env);
  if (refused !== undefined) return { status: refused };
  const input = { http: toHttpData(request, found.params) };
  const instance = await platform.instanceOf(found.fn);
  return instance.execute(found.fn, input).then(toReply, () => ({ status: 500 }));
}
