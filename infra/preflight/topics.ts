import { listFrom } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { type Finding, note, problem, unanswered } from './finding.ts';
import { resourceId, type ResourceId, sameId, VAULTS } from './ids.ts';
import type { Parameters } from './parameters.ts';

/** https://github.com/Azure/azure-rest-api-specs: eventgrid, stable/2025-02-15, SystemTopics_ListBySubscription.json */
interface Topic {
  id: string;
  name: string;
  identity?: { type?: string };
  properties: { source: string };
}

export interface TopicsFound {
  findings: Finding[];
  /** Parameter systemTopics: `VAULT=GROUP/TOPIC,…` for the vaults that have one. */
  systemTopics: string;
}

/** System topics that vaults have already: they are used as they are, for a vault takes no second one. */
export async function topicsOf(run: RunAz, { vaults }: Parameters): Promise<TopicsFound> {
  const ids = vaults.flatMap(({ id }) => resourceId(id, VAULTS) ?? []);
  const subscriptions = [...new Set(ids.map(({ subscription }) => subscription))];
  const lists = await Promise.all(subscriptions.map((subscription) => topicsIn(run, subscription)));
  const topics = lists.flatMap((list) => list.topics);
  const pairs = ids.flatMap((vault) => {
    const topic = topics.find(({ properties }) => sameId(properties.source, vault.id));
    return topic === undefined ? [] : [{ vault, topic }];
  });
  return {
    findings: [...lists.flatMap(({ findings }) => findings), ...pairs.flatMap(findingsOf)],
    systemTopics: pairs.map(({ vault, topic }) => `${vault.name}=${groupOf(topic)}/${topic.name}`).join(','),
  };
}

async function topicsIn(run: RunAz, subscription: string): Promise<{ topics: Topic[]; findings: Finding[] }> {
  const path = `/subscriptions/${subscription}/providers/Microsoft.EventGrid/systemTopics`;
  const answer = await listFrom(run, path, '2025-02-15');
  if (answer.ok) return { topics: (answer.items ?? []) as Topic[], findings: [] };
  return { topics: [], findings: [unanswered(answer, `system topics of subscription ${subscription}`)] };
}

const groupOf = ({ id }: Topic): string => id.split('/')[4] ?? '';

function findingsOf({ vault, topic }: { vault: ResourceId; topic: Topic }): Finding[] {
  const used = note(`vault ${vault.name} has the system topic ${topic.name} already: it is used as it is.`);
  if (topic.identity?.type?.toLowerCase().includes('systemassigned') === true) return [used];
  const command = `az eventgrid system-topic update --resource-group ${groupOf(topic)} --name ${topic.name} --subscription ${vault.subscription} --identity systemassigned`;
  return [
    used,
    problem(
      `system topic ${topic.name} of vault ${vault.name} has no identity of its own, so nothing could let it write dead letters.`,
      command,
    ),
  ];
}
