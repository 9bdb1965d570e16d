import { readFileSync } from 'node:fs';
import { CLUSTERS, isWide, resourceId, VAULTS } from './ids.ts';
import type { Parameters } from './parameters.ts';

/** The sentences of the template: both say the same. */
const SENTENCES = JSON.parse(readFileSync(new URL('../refusals.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>;

const say = (about: string, value = ''): string =>
  (SENTENCES[about] ?? about).replaceAll('{}', value === '' ? 'nothing' : value);

const when = (wrong: boolean, about: string, value?: string): string[] => (wrong ? [say(about, value)] : []);

const isName = (text: string): boolean => /^[a-z0-9-]+$/.test(text);
const isAlias = (text: string): boolean => isName(text) && text.length >= 3 && text.length <= 24;

/** Each value that stands there more than once, once. */
const doubles = (values: readonly string[]): string[] =>
  [...new Set(values)].filter((value) => values.filter((other) => other === value).length > 1);

/** Instances that are always there for events. */
const warmOf = ({ alwaysReady, zoneRedundant, eventDestination }: Parameters): number =>
  alwaysReady ?? (zoneRedundant ? 2 : eventDestination === 'queue' ? 0 : 1);

const HEAPS: Record<number, number> = { 512: 192, 2048: 1024, 4096: 2560 };
const heapOf = ({ heapMB, instanceMemoryMB }: Parameters): number => heapMB ?? HEAPS[instanceMemoryMB] ?? 0;

/** What the template refuses, in the words and the order of the template. */
export function refusals(given: Parameters): string[] {
  return [
    ...nameRefusals(given),
    ...vaultRefusals(given),
    ...clusterRefusals(given),
    ...scopeRefusals(given),
    ...choiceRefusals(given),
  ];
}

export function nameRefusals({ environmentName }: Parameters): string[] {
  const fits = isName(environmentName) && !/^-|-$/.test(environmentName);
  return when(
    !fits || environmentName.length < 3 || environmentName.length > 20,
    'environmentName',
    environmentName,
  );
}

function vaultRefusals({ vaults, credentialVaultId }: Parameters): string[] {
  const ids = vaults.map(({ id }) => id.toLowerCase());
  return [
    ...vaults.flatMap(({ alias }) => when(!isAlias(alias), 'vaultAlias', alias)),
    ...doubles(vaults.map(({ alias }) => alias)).map((alias) => say('vaultAliasTwice', alias)),
    ...vaults.flatMap(({ id }) => when(resourceId(id, VAULTS) === undefined, 'vaultId', id)),
    ...doubles(ids).map((id) => say('vaultTwice', id)),
    ...when(
      credentialVaultId !== '' && resourceId(credentialVaultId, VAULTS) === undefined,
      'credentialVaultId',
      credentialVaultId,
    ),
    ...when(
      credentialVaultId !== '' && ids.includes(credentialVaultId.toLowerCase()),
      'credentialVaultServed',
      credentialVaultId,
    ),
  ];
}

function clusterRefusals({ clusters }: Parameters): string[] {
  const listed = clusters.filter((id) => id !== '');
  return [
    ...listed.flatMap((id) => when(!isWide(id) && resourceId(id, CLUSTERS) === undefined, 'clusterId', id)),
    ...doubles(listed.map((id) => id.toLowerCase())).map((id) => say('clusterTwice', id)),
  ];
}

/** Scopes as an earlier release took them, without the servers that their tokens may go to. */
function scopeRefusals({ clusterScopes }: Parameters): string[] {
  const entries = clusterScopes.split(',').map((entry) => entry.trim());
  return entries.flatMap((entry) => when(entry !== '' && !entry.includes('@'), 'scopeUnbound', entry));
}

function choiceRefusals(given: Parameters): string[] {
  const { inbound, network, appSubnetId, endpointSubnetId, instanceMemoryMB } = given;
  const subnets = [appSubnetId, endpointSubnetId];
  return [
    ...when(given.zoneRedundant && warmOf(given) < 2, 'zones', String(warmOf(given))),
    ...when(inbound === 'closed' && given.eventDestination === 'function', 'closedFunction'),
    ...when(inbound === 'closed' && network === 'none', 'closedNetwork'),
    ...when(network === 'existing' && subnets.includes(''), 'networkSubnets'),
    ...when(network !== 'existing' && subnets.some((id) => id !== ''), 'subnetsNetwork', network),
    ...when(given.natGateway && network !== 'new', 'natNetwork', network),
    ...when(given.operatorsId === '' && given.principalType === 'ServicePrincipal', 'operatorsPipeline'),
    ...when(heapOf(given) > instanceMemoryMB - 256, 'heap', String(heapOf(given))),
    ...when((given.ownersGroupId === '') !== (given.ownersClientId === ''), 'owners'),
    ...when(given.ownersGroupId !== '' && inbound === 'eventGrid', 'ownersInbound'),
  ];
}
