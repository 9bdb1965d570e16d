import type { Arm } from '../connect/arm.ts';
import { textAt } from '../connect/objects.ts';
import { queueSetting, registrySetting, vaultSetting } from '../connect/settings.ts';
import { addressOf } from '../context/address.ts';
import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import { harmless } from '../terminal/text.ts';
import { chooseOne } from './ask.ts';

/** A resource of the subscription, as its list has it. */
export interface Resource {
  id: string;
  name: string;
  group: string;
}

/** What init works with: where the deployment is, and what else its settings tell. */
export interface Deployment {
  registry: string;
  storage: string | undefined;
  vaults: ReadonlyMap<string, string>;
  instance: string | undefined;
  /** Object id of the app's identity; undefined when nobody told. */
  identity: string | undefined;
  /** CLUSTER_HOSTS of the app; undefined when nobody told. */
  clusterHosts: string | undefined;
}

const SITES = 'Microsoft.Web/sites';
const CLUSTERS = 'Microsoft.ContainerService/managedClusters';

/** The subscription that was named, or the one that the sign-in sees, or the one that a person chooses. */
export async function subscriptionOf(arm: Arm, given: string | undefined, io: Io): Promise<string> {
  if (given !== undefined) return given;
  const all = await arm.list('/subscriptions?api-version=2022-12-01');
  if (all.length === 0)
    throw new CliError(
      'your sign-in sees no subscription',
      'Sign in to another tenant, or give --subscription.',
    );
  const question = { text: 'Which subscription', flag: '--subscription ID' };
  const nameOf = (one: unknown): string =>
    `${textAt(one, 'subscriptionId')} ${harmless(textAt(one, 'displayName'))}`;
  return textAt(await chooseOne(io, question, all, nameOf), 'subscriptionId');
}

export function aksClusters(arm: Arm, subscription: string): Promise<Resource[]> {
  return resources(arm, subscription, CLUSTERS);
}

async function resources(arm: Arm, subscription: string, type: string): Promise<Resource[]> {
  const filter = encodeURIComponent(`resourceType eq '${type}'`);
  const path = `/subscriptions/${encodeURIComponent(subscription)}/resources?$filter=${filter}&api-version=2021-04-01`;
  const found = (await arm.list(path)).map((one) => {
    const id = textAt(one, 'id');
    return { id, name: textAt(one, 'name'), group: id.split('/')[4] ?? '' };
  });
  return found.toSorted((a, b) => a.name.localeCompare(b.name));
}

/** What the settings of the deployed app say; of all of them only those that hold addresses and names are looked at. */
export async function deploymentIn(
  arm: Arm,
  subscription: string,
  app: string | undefined,
  io: Io,
): Promise<Deployment> {
  const sites = await resources(arm, subscription, SITES);
  const candidates = sites.filter(({ name }) =>
    app === undefined ? name.startsWith('vaultcast-') : name === app,
  );
  if (candidates.length === 0)
    throw new CliError(
      `there is no function app ${app ?? 'vaultcast-…'} in subscription ${subscription}`,
      'Deploy it first (infra/README.md), name it with --app, or say where things are: --registry-account, --storage, --vault-url.',
    );
  const question = { text: 'Which deployment', flag: '--app NAME' };
  const site = await chooseOne(io, question, candidates, ({ name, group }) => `${name} in ${group}`);
  const version = 'api-version=2024-04-01';
  const settings = settingsIn(await arm.post(`${site.id}/config/appsettings/list?${version}`));
  return {
    ...addressesIn(settings, site.name),
    identity: identityIn(await arm.get(`${site.id}?${version}`)),
  };
}

const READ =
  /^(?:VAULTS|INSTANCE|CLUSTER_HOSTS|REGISTRY__tableServiceUri|AzureWebJobsStorage__(?:queueServiceUri|accountName))$/;

function settingsIn(answer: unknown): Record<string, string> {
  const all = Object.entries((answer as { properties?: Record<string, unknown> }).properties ?? {});
  return Object.fromEntries(all.flatMap(([key, value]) => (READ.test(key) ? [[key, String(value)]] : [])));
}

function addressesIn(settings: Record<string, string>, app: string): Omit<Deployment, 'identity'> {
  return {
    registry: addressOf(registrySetting({}, settings), 'REGISTRY of the app'),
    storage: addressOf(queueSetting({}, settings), 'AzureWebJobsStorage of the app'),
    vaults: vaultSetting({}, settings),
    instance: settings['INSTANCE'] ?? app,
    clusterHosts: settings['CLUSTER_HOSTS'],
  };
}

function identityIn(site: unknown): string | undefined {
  const { identity } = site as {
    identity?: { userAssignedIdentities?: Record<string, unknown>; principalId?: string };
  };
  const [own] = Object.values(identity?.userAssignedIdentities ?? {});
  return textAt(own, 'principalId') || identity?.principalId;
}
