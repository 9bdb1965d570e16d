import { z } from 'zod';
import { getFrom, listFrom } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { type Finding, note, problem, unanswered } from './finding.ts';
import { CLUSTERS, isWide, liesBelow, resourceId } from './ids.ts';
import type { Parameters } from './parameters.ts';

const VERSION = '2024-09-01';

/** https://github.com/Azure/azure-rest-api-specs: containerservice/aks, stable/2024-09-01, ManagedClustersGet.json */
const CLUSTER = z.object({
  id: z.string(),
  name: z.string(),
  properties: z.object({
    aadProfile: z.object({ enableAzureRBAC: z.boolean().nullish() }).nullish(),
    apiServerAccessProfile: z
      .object({
        enablePrivateCluster: z.boolean().nullish(),
        authorizedIPRanges: z.array(z.string()).nullish(),
      })
      .nullish(),
  }),
});
type Cluster = z.infer<typeof CLUSTER>;

/** Clusters that the deployment lets the app look up, each with what decides whether it can be written to. */
export async function clusterFindings(
  run: RunAz,
  given: Parameters,
  accepted: readonly string[],
): Promise<Finding[]> {
  const listed = given.clusters.filter((id) => isWide(id) || resourceId(id, CLUSTERS) !== undefined);
  const wide = listed.filter(isWide);
  const covered = listed.filter((id) => wide.some((other) => liesBelow(id, other)));
  const alone = listed.filter((id) => !covered.includes(id));
  const looks = await Promise.all(
    alone.map((id) => (isWide(id) ? clustersIn(run, id) : oneCluster(run, id))),
  );
  return [
    ...covered.map((id) => note(`clusters: ${id} is left out, because an entry that is wider covers it.`)),
    ...looks.flatMap(({ findings }) => findings),
    ...looks.flatMap(({ clusters }) => clusters).flatMap((cluster) => judged(cluster, given, accepted)),
  ];
}

interface Look {
  clusters: Cluster[];
  findings: Finding[];
}

async function oneCluster(run: RunAz, id: string): Promise<Look> {
  const answer = await getFrom(run, id, VERSION, CLUSTER);
  if (answer.ok) return { clusters: [answer.json], findings: [] };
  return { clusters: [], findings: [unanswered(answer, `cluster ${id.split('/').at(-1)}`)] };
}

async function clustersIn(run: RunAz, id: string): Promise<Look> {
  const path = `${id}/providers/Microsoft.ContainerService/managedClusters`;
  const answer = await listFrom(run, path, VERSION, CLUSTER);
  if (!answer.ok) return { clusters: [], findings: [unanswered(answer, `clusters of ${id}`)] };
  const names = answer.json.map(({ name }) => name).toSorted();
  const text = `clusters: ${id} takes in ${names.length === 0 ? 'no cluster yet' : names.join(', ')}, and every one that comes later.`;
  return { clusters: answer.json, findings: [note(text)] };
}

function judged(cluster: Cluster, given: Parameters, accepted: readonly string[]): Finding[] {
  const { name, properties } = cluster;
  const { aadProfile, apiServerAccessProfile: access } = properties;
  const ranges = access?.authorizedIPRanges ?? [];
  return [
    ...(aadProfile ? [] : [withoutEntra(cluster, accepted)]),
    ...(aadProfile?.enableAzureRBAC === true
      ? [
          note(
            `cluster ${name} decides with Azure RBAC: see kubernetes/README.md for the role in each namespace.`,
          ),
        ]
      : []),
    ...(access?.enablePrivateCluster === true ? [privateCluster(name, given)] : []),
    ...(ranges.length > 0 ? [authorizedRanges(cluster, ranges, given)] : []),
  ];
}

const at = ({ id }: Cluster): string =>
  `--resource-group ${id.split('/')[4]} --name ${id.split('/')[8]} --subscription ${id.split('/')[2]}`;

function withoutEntra(cluster: Cluster, accepted: readonly string[]): Finding {
  const { name } = cluster;
  if (accepted.includes(name))
    return note(`cluster ${name} has no Microsoft Entra ID: it is accepted, and the app can administer it.`);
  return problem(
    `cluster ${name} has no Microsoft Entra ID: the role on it gives out an administrator's credentials. Switch it on, leave the cluster out, or accept it with VAULTCAST_ACCEPT_CLUSTERS=${name}.`,
    `az aks update ${at(cluster)} --enable-aad`,
  );
}

const privateCluster = (name: string, { network }: Parameters): Finding =>
  network === 'none'
    ? problem(
        `cluster ${name} is private: choose network new or existing, and connect it with the cluster's.`,
      )
    : note(`cluster ${name} is private: peer its network with the app's, and link its private DNS zone.`);

function authorizedRanges(cluster: Cluster, ranges: readonly string[], given: Parameters): Finding {
  const { name } = cluster;
  const command = `az aks update ${at(cluster)} --api-server-authorized-ip-ranges ${[...ranges, 'ADDRESS'].join(',')}`;
  if (given.natGateway || given.network === 'existing')
    return note(
      `cluster ${name} lets in listed addresses only: add the app's (output OUTBOUND_ADDRESS, or your gateway's) for ADDRESS.`,
      command,
    );
  return problem(
    `cluster ${name} lets in listed addresses only, and the app has no fixed one: choose network new with natGateway true, or network existing with a gateway of yours.`,
  );
}
