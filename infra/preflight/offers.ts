import { z } from 'zod';
import { askAz, listFrom } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { type Finding, problem, unanswered } from './finding.ts';
import { sameRegion } from './ids.ts';
import type { Parameters } from './parameters.ts';

/** What the region offers that the template asks for: redundancy of storage, and zones for the app. */
export async function offerFindings(run: RunAz, given: Parameters, subscription: string): Promise<Finding[]> {
  if (given.location === '') return [];
  const asked = [
    storageFindings(run, given, subscription),
    ...(given.zoneRedundant ? [zones(run, given)] : []),
  ];
  return (await Promise.all(asked)).flat();
}

/** https://github.com/Azure/azure-rest-api-specs: storage, stable/2023-05-01, SKUList.json */
const SKU = z.object({
  name: z.string(),
  kind: z.string().nullish(),
  locations: z.array(z.string()).nullish(),
  restrictions: z.array(z.object({ values: z.array(z.string()).nullish() })).nullish(),
});
type Sku = z.infer<typeof SKU>;

async function storageFindings(
  run: RunAz,
  { location, storageSku }: Parameters,
  subscription: string,
): Promise<Finding[]> {
  const path = `/subscriptions/${subscription}/providers/Microsoft.Storage/skus`;
  const answer = await listFrom(run, path, '2023-05-01', SKU);
  if (!answer.ok) return [unanswered(answer, `storage in ${location}`)];
  const offered = answer.json.filter((sku) => sku.kind === 'StorageV2' && isOffered(sku, location));
  const names = [...new Set(offered.map(({ name }) => name))].filter((name) => name.startsWith('Standard_'));
  if (names.includes(storageSku)) return [];
  const others = names.length === 0 ? 'none' : names.toSorted().join(', ');
  return [problem(`storageSku: ${location} does not offer ${storageSku} to you; it has ${others}.`)];
}

const isOffered = ({ locations, restrictions }: Sku, region: string): boolean =>
  (locations ?? []).some((one) => sameRegion(one, region)) &&
  !(restrictions ?? []).some(({ values }) => (values ?? []).some((one) => sameRegion(one, region)));

async function zones(run: RunAz, { location }: Parameters): Promise<Finding[]> {
  const command = ['functionapp', 'list-flexconsumption-locations', '--zone-redundant', 'true'];
  const answer = await askAz(run, command, z.array(z.object({ name: z.string() })));
  if (!answer.ok) return [unanswered(answer, 'regions with zones for Flex Consumption')];
  if (answer.json.some(({ name }) => sameRegion(name, location))) return [];
  return [problem(`zoneRedundant: ${location} has no zones for Flex Consumption.`)];
}
