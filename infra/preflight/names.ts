import { z } from 'zod';
import { getFrom, postTo } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { type Finding, problem, unanswered } from './finding.ts';
import type { Parameters } from './parameters.ts';
import { nameRefusals } from './refusals.ts';
import { uniqueString } from './unique-string.ts';

interface Name {
  name: string;
  type: 'Microsoft.Storage/storageAccounts' | 'Microsoft.Web/sites';
}

const AVAILABLE = z.object({ nameAvailable: z.boolean(), reason: z.string().nullish() });

const CHECK = {
  'Microsoft.Storage/storageAccounts': {
    path: 'Microsoft.Storage/checkNameAvailability',
    version: '2023-05-01',
  },
  'Microsoft.Web/sites': { path: 'Microsoft.Web/checknameavailability', version: '2024-04-01' },
} as const;

/** Names that must be free in all of Azure, as the template makes them. */
export function globalNames({ environmentName, location }: Parameters, subscription: string): Name[] {
  const token = uniqueString(`/subscriptions/${subscription}`, environmentName, location);
  return [
    { name: `vchost${token}`, type: 'Microsoft.Storage/storageAccounts' },
    { name: `vcreg${token}`, type: 'Microsoft.Storage/storageAccounts' },
    { name: `vaultcast-${environmentName}-${token.slice(0, 6)}`, type: 'Microsoft.Web/sites' },
  ];
}

export async function nameFindings(run: RunAz, given: Parameters, subscription: string): Promise<Finding[]> {
  if (given.location === '' || nameRefusals(given).length > 0) return [];
  const asked = globalNames(given, subscription).map((name) => isFree(run, given, subscription, name));
  return (await Promise.all(asked)).flat();
}

/** Ours already, from an earlier deployment, is as good as free. */
async function isFree(
  run: RunAz,
  given: Parameters,
  subscription: string,
  { name, type }: Name,
): Promise<Finding[]> {
  const own = `/subscriptions/${subscription}/resourceGroups/${given.resourceGroupName}/providers/${type}/${name}`;
  const mine = await getFrom(run, own, CHECK[type].version, z.object({ id: z.string() }));
  if (mine.ok) return [];
  if (mine.refusal !== 'absent') return [unanswered(mine, `name ${name}`)];
  const { path, version } = CHECK[type];
  const question = {
    path: `/subscriptions/${subscription}/providers/${path}`,
    version,
    body: { name, type },
  };
  const answer = await postTo(run, question, AVAILABLE);
  if (!answer.ok) return [unanswered(answer, `name ${name}`)];
  const { nameAvailable, reason } = answer.json;
  if (nameAvailable) return [];
  return [
    problem(
      `environmentName: the name ${name} that follows from it is taken (${reason}); choose another one.`,
    ),
  ];
}
