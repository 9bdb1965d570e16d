import { z } from 'zod';
import { getFrom } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { type Finding, problem, unanswered } from './finding.ts';
import { resourceId, VAULTS } from './ids.ts';
import type { Parameters } from './parameters.ts';

const OF_APP = [
  'Microsoft.Web',
  'Microsoft.Storage',
  'Microsoft.ManagedIdentity',
  'Microsoft.OperationalInsights',
  'Microsoft.Insights',
];
/** The network's app subnet is delegated to Microsoft.App, which no template registers. */
const OF_NETWORK = ['Microsoft.Network', 'Microsoft.App'];
/** System topics and their alerts stand beside the vaults. */
const OF_VAULTS = ['Microsoft.EventGrid', 'Microsoft.Insights'];

/** Resource providers that must be registered, each in the subscription where it is used. */
export async function providerFindings(
  run: RunAz,
  { vaults, network }: Parameters,
  subscription: string,
): Promise<Finding[]> {
  const ofVaults = vaults.flatMap(({ id }) => resourceId(id, VAULTS)?.subscription ?? []);
  const wanted = [
    ...[...OF_APP, ...(network === 'none' ? [] : OF_NETWORK)].map((name) => `${subscription}/${name}`),
    ...ofVaults.flatMap((id) => OF_VAULTS.map((name) => `${id}/${name}`)),
  ];
  const found = await Promise.all([...new Set(wanted)].map((one) => registration(run, one)));
  return found.flat();
}

/** https://learn.microsoft.com/rest/api/resources/providers/get */
const PROVIDER = z.object({ registrationState: z.string() });

async function registration(run: RunAz, wanted: string): Promise<Finding[]> {
  const [subscription = '', name = ''] = wanted.split('/');
  const answer = await getFrom(
    run,
    `/subscriptions/${subscription}/providers/${name}`,
    '2021-04-01',
    PROVIDER,
  );
  if (!answer.ok) return [unanswered(answer, `resource provider ${name} of subscription ${subscription}`)];
  if (answer.json.registrationState.toLowerCase() === 'registered') return [];
  return [
    problem(
      `resource provider ${name} is not registered in subscription ${subscription}.`,
      `az provider register --namespace ${name} --subscription ${subscription} --wait`,
    ),
  ];
}
