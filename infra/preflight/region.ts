import { z } from 'zod';
import { askAz } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { type Finding, problem, unanswered } from './finding.ts';
import type { Parameters } from './parameters.ts';

/** As the CLI prints what the region's Flex Consumption offers; older ones leave `version` out. */
const RUNTIME = z.object({
  version: z.string().nullish(),
  sku: z
    .object({
      functionAppConfigProperties: z
        .object({ runtime: z.object({ version: z.string().nullish() }).nullish() })
        .nullish(),
    })
    .nullish(),
});
type Runtime = z.infer<typeof RUNTIME>;

const versionOf = ({ version, sku }: Runtime): string | null | undefined =>
  sku?.functionAppConfigProperties?.runtime?.version ?? version;

/** A version that a region lacks is accepted by Resource Manager; the app then never starts, and answers 500. */
export async function regionFindings(run: RunAz, { location, nodeVersion }: Parameters): Promise<Finding[]> {
  if (location === '') return [];
  const command = [
    'functionapp',
    'list-flexconsumption-runtimes',
    '--location',
    location,
    '--runtime',
    'node',
  ];
  const answer = await askAz(run, command, z.array(RUNTIME));
  if (!answer.ok) return [unanswered(answer, `Flex Consumption in ${location}`)];
  const versions = answer.json.flatMap((runtime) => versionOf(runtime) ?? []);
  if (versions.includes(nodeVersion)) return [];
  const others = versions.length === 0 ? 'no Node at all' : `Node ${versions.toSorted().join(', ')}`;
  return [
    problem(
      `nodeVersion: ${location} does not offer Node ${nodeVersion} on Flex Consumption; it has ${others}.`,
    ),
  ];
}
