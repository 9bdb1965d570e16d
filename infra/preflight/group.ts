import { z } from 'zod';
import { getFrom } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { type Finding, problem, unanswered } from './finding.ts';
import { groupScope, sameRegion } from './ids.ts';
import type { Parameters } from './parameters.ts';

/** https://learn.microsoft.com/rest/api/resources/resource-groups/get */
const GROUP = z.object({
  location: z.string(),
  properties: z.object({ provisioningState: z.string().nullish() }).nullish(),
});

/** The instance's own resource group, when it is there already: it keeps the region that it was made in. */
export async function groupFindings(
  run: RunAz,
  { resourceGroupName: name, location }: Parameters,
  subscription: string,
): Promise<Finding[]> {
  const answer = await getFrom(run, groupScope(subscription, name), '2021-04-01', GROUP);
  if (!answer.ok) return answer.refusal === 'absent' ? [] : [unanswered(answer, `resource group ${name}`)];
  const { properties, location: found } = answer.json;
  if (properties?.provisioningState === 'Deleting')
    return [
      problem(
        `resource group ${name} is being deleted: wait until it is gone.`,
        `az group wait --name ${name} --subscription ${subscription} --deleted`,
      ),
    ];
  if (location === '' || sameRegion(found, location)) return [];
  return [
    problem(
      `location: resource group ${name} is in ${found}, and stays there; choose that region, or another resourceGroupName.`,
    ),
  ];
}
