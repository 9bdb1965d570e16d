import { failed, ok, type Said } from './said.ts';
import type { Json, World } from './world.ts';

type Route = (world: World, match: RegExpExecArray, body: Json) => Said;

const same = (one: unknown, other: string): boolean => String(one).toLowerCase() === other.toLowerCase();

const notFound = (path: string): Said =>
  failed(
    3,
    `ERROR: Not Found({"error":{"code":"ResourceNotFound","message":"The Resource '${path}' was not found."}})`,
  );

/** One page, and where the next one is; the first page's address is the list's own. */
function page({ pageSize }: World, items: Json[], path: string, query: string): Said {
  const from = Number(/skiptoken=(\d+)/.exec(query)?.[1] ?? 0);
  const next = from + pageSize;
  const nextLink = `https://management.azure.com${path}?api-version=any&$skiptoken=${next}`;
  return ok({ value: items.slice(from, next), ...(next < items.length && { nextLink }) });
}

const below = ({ resources }: World, scope: string, type: string): Json[] =>
  resources.filter(
    (one) => same(one['type'], type) && String(one['id']).toLowerCase().startsWith(`${scope.toLowerCase()}/`),
  );

/** The permissions of the nearest scope for which some are told. */
function permissionsAt({ permissions }: World, scope: string): Json[] {
  const told = Object.entries(permissions).find(([name]) => same(name, scope));
  return told?.[1] ?? permissions[scope.split('/').slice(0, 3).join('/')] ?? [];
}

/** As in SKUList.json, for one region; `-NAME` is closed to this subscription. */
function aSku(name: string, region: string): Json {
  const reason = 'NotAvailableForSubscription';
  return {
    resourceType: 'storageAccounts',
    name: name.replace('-', ''),
    tier: 'Standard',
    kind: 'StorageV2',
    locations: [region],
    capabilities: [],
    restrictions: name.startsWith('-') ? [{ type: 'location', values: [region], reasonCode: reason }] : [],
  };
}

function availability({ taken }: World, name: string): Json {
  if (/[^a-z0-9-]/i.test(name))
    return { nameAvailable: false, reason: 'Invalid', message: `${name} is invalid.` };
  if (!taken.includes(name)) return { nameAvailable: true };
  return { nameAvailable: false, reason: 'AlreadyExists', message: `${name} is already taken.` };
}

/** Method and path -> answer; azure-rest-api-specs has an example of each. */
const ROUTES: [string, RegExp, Route][] = [
  [
    'get',
    /^(\/subscriptions\/[^/]+)\/providers\/Microsoft\.EventGrid\/systemTopics$/i,
    (world, { 1: scope = '', input, groups }) =>
      page(world, below(world, scope, 'Microsoft.EventGrid/systemTopics'), input, groups?.['query'] ?? ''),
  ],
  [
    'get',
    /^(.+)\/providers\/Microsoft\.ContainerService\/managedClusters$/i,
    (world, { 1: scope = '', input, groups }) =>
      page(
        world,
        below(world, scope, 'Microsoft.ContainerService/managedClusters'),
        input,
        groups?.['query'] ?? '',
      ),
  ],
  [
    'get',
    /^(.+)\/providers\/Microsoft\.Authorization\/permissions$/i,
    (world, { 1: scope = '' }) => ok({ value: permissionsAt(world, scope) }),
  ],
  [
    'get',
    /^\/subscriptions\/([^/]+)\/providers\/(Microsoft\.\w+)$/i,
    ({ unregistered }, { 1: subscription, 2: namespace }) => {
      const is = unregistered.includes(`${subscription}/${namespace}`) ? 'NotRegistered' : 'Registered';
      return ok({
        id: `/subscriptions/${subscription}/providers/${namespace}`,
        namespace,
        registrationState: is,
      });
    },
  ],
  [
    'get',
    /^\/subscriptions\/[^/]+\/providers\/Microsoft\.Storage\/skus$/,
    ({ skus }) =>
      ok({
        value: Object.entries(skus).flatMap(([region, names]) => names.map((name) => aSku(name, region))),
      }),
  ],
  [
    'post',
    /^\/subscriptions\/[^/]+\/providers\/Microsoft\.(?:Storage\/checkNameAvailability|Web\/checknameavailability)$/,
    (world, _, { name }) => ok(availability(world, String(name))),
  ],
  [
    'post',
    /^(.+)\/functions\/status\/listkeys$/i,
    (world, { 1: app = '' }) => {
      const site = world.resources.find(({ id }) => same(id, app));
      return site === undefined ? notFound(app) : ok({ default: site['statusKey'] });
    },
  ],
  [
    'get',
    /^\/subscriptions\/.+$/,
    ({ resources }, { input }) => {
      const found = resources.find(({ id }) => same(id, input));
      return found === undefined ? notFound(input) : ok(found);
    },
  ],
];

/** `az rest`: Resource Manager itself. A question without an API version is refused. */
export function answerRest(world: World, method: string, url: string, body: string): Said {
  const [path = '', query = ''] = url.replace(/^https:\/\/management\.azure\.com/, '').split('?');
  if (!query.includes('api-version='))
    return failed(1, 'ERROR: Bad Request({"error":{"code":"MissingApiVersionParameter"}})');
  for (const [verb, pattern, route] of ROUTES) {
    const match = verb === method ? pattern.exec(path) : null;
    if (match === null) continue;
    match.groups = { query };
    return route(world, match, body === '' ? {} : (JSON.parse(body) as Json));
  }
  return notFound(path);
}
