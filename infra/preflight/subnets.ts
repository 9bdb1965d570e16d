import { z } from 'zod';
import { getFrom } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { type Finding, problem, unanswered } from './finding.ts';
import { subnetId } from './ids.ts';
import type { Parameters } from './parameters.ts';

const OF_APP = 'Microsoft.App/environments';

/** https://github.com/Azure/azure-rest-api-specs: network, stable/2024-05-01, SubnetGetWithADelegation.json */
const SUBNET = z.object({
  properties: z.object({
    delegations: z.array(z.object({ properties: z.object({ serviceName: z.string() }) })).nullish(),
  }),
});
type Subnet = z.infer<typeof SUBNET>;

/** Subnets that the organisation brings: there, one delegated to the app, the other to nobody. */
export async function subnetFindings(
  run: RunAz,
  { network, appSubnetId, endpointSubnetId }: Parameters,
): Promise<Finding[]> {
  if (network !== 'existing') return [];
  const found = await Promise.all([
    subnet(run, 'appSubnetId', appSubnetId, forApp),
    subnet(run, 'endpointSubnetId', endpointSubnetId, forEndpoints),
  ]);
  return found.flat();
}

async function subnet(
  run: RunAz,
  parameter: string,
  id: string,
  judged: (id: string, delegations: readonly string[]) => Finding[],
): Promise<Finding[]> {
  if (id === '') return [];
  if (subnetId(id) === undefined) return [problem(`${parameter}: ${id} is not the resource id of a subnet.`)];
  const answer = await getFrom(run, id, '2024-05-01', SUBNET);
  if (!answer.ok) return [unanswered(answer, `${parameter}: subnet ${id.split('/').at(-1)}`)];
  return judged(id, delegationsOf(answer.json));
}

const delegationsOf = ({ properties }: Subnet): string[] =>
  (properties.delegations ?? []).map((one) => one.properties.serviceName);

const forApp = (id: string, delegations: readonly string[]): Finding[] =>
  delegations.some((name) => name.toLowerCase() === OF_APP.toLowerCase())
    ? []
    : [
        problem(
          `appSubnetId: the subnet is not delegated to ${OF_APP}, so no app can be in it.`,
          `az network vnet subnet update --ids ${id} --delegations ${OF_APP}`,
        ),
      ];

const forEndpoints = (_: string, [other]: readonly string[]): Finding[] =>
  other === undefined
    ? []
    : [problem(`endpointSubnetId: the subnet is delegated to ${other}, and takes no private endpoints.`)];
