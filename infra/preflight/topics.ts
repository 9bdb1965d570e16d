import { z } from 'zod';
import { listFrom } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { type Finding, note, problem, unanswered } from './finding.ts';
import { groupScope, resourceId, type ResourceId, sameId, VAULTS } from './ids.ts';
import type { Parameters } from './parameters.ts';

/** https://github.com/Azure/azure-rest-api-specs: eventgrid, stable/2025-02-15, SystemTopics_ListBySubscription.json */
const TOPIC = z.object({
  id: z.string(),
  name: z.string(),
  identity: z.object({ type: z.string().nullish() }).nullish(),
  properties: z.object({ source: z.string() }),
});
type Topic = z.infer<typeof TOPIC>;

export interface TopicsFound {
  findings: Finding[];
  /** Parameter systemTopics: `VAULT=GROUP/TOPIC,…` for the vaults that have one. */
  systemTopics: string;
  /** ARM ids of the resource groups where these topics stand. */
  groups: string[];
}

interface Pair {
  vault: ResourceId;
  topic: Topic;
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
    findings: [
      ...lists.flatMap(({ findings }) => findings),
      ...pairs.flatMap(findingsOf),
      ...(lists.some(({ findings }) => findings.length > 0) ? [] : misnamed(vaults, pairs)),
    ],
    systemTopics: pairs.map(({ vault, topic }) => `${vault.name}=${groupOf(topic)}/${topic.name}`).join(','),
    groups: pairs.map(({ vault, topic }) => groupScope(vault.subscription, groupOf(topic))),
  };
}

async function topicsIn(run: RunAz, subscription: string): Promise<{ topics: Topic[]; findings: Finding[] }> {
  const path = `/subscriptions/${subscription}/providers/Microsoft.EventGrid/systemTopics`;
  const answer = await listFrom(run, path, '2025-02-15', TOPIC);
  if (answer.ok) return { topics: answer.json, findings: [] };
  return { topics: [], findings: [unanswered(answer, `system topics of subscription ${subscription}`)] };
}

const groupOf = ({ id }: Topic): string => id.split('/')[4] ?? '';

/** A topic that a person named, where the vault has another one or none: the template would look for it in vain. */
function misnamed(vaults: Parameters['vaults'], pairs: readonly Pair[]): Finding[] {
  return vaults.flatMap(({ id, systemTopic }) => {
    const vault = resourceId(id, VAULTS);
    if (vault === undefined || (systemTopic ?? '') === '') return [];
    const topic = pairs.find((pair) => sameId(pair.vault.id, id))?.topic;
    const names = topic === undefined ? [] : namesOf(vault, topic);
    if (names.some((name) => sameId(name, systemTopic ?? ''))) return [];
    const has = names.length === 0 ? 'none' : names.join(', which is ');
    return [
      problem(
        `vaults: ${systemTopic} is no system topic of vault ${vault.name}: it has ${has}. Leave it out.`,
      ),
    ];
  });
}

/** As a parameter may name it: with its group, and without where that is the vault's. */
function namesOf({ group }: ResourceId, topic: Topic): string[] {
  const whole = `${groupOf(topic)}/${topic.name}`;
  return sameId(group, groupOf(topic)) ? [whole, topic.name] : [whole];
}

function findingsOf({ vault, topic }: Pair): Finding[] {
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
