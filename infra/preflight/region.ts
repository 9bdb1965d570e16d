import { askAz } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { type Finding, problem, unanswered } from './finding.ts';
import type { Parameters } from './parameters.ts';

/** As the CLI prints what the region's Flex Consumption offers; older ones leave `version` out. */
interface Runtime {
  version?: string;
  sku?: { functionAppConfigProperties?: { runtime?: { version?: string } } };
}

const versionOf = ({ version, sku }: Runtime): string | undefined =>
  sku?.functionAppConfigProperties?.runtime?.version ?? version;

/** A version that a region lacks is accepted by Resource Manager; the app then never starts, and answers 500. */
export async function regionFindings(run: RunAz, { location, nodeVersion }: Parameters): Promise<Finding[]> {
  const answer = await askAz(run, [
    'functionapp',
    'list-flexconsumption-runtimes',
    '--location',
    location,
    '--runtime',
    'node',
  ]);
  if (!answer.ok) return [unanswered(answer, `Flex Consumption in ${location}`)];
  const versions = (answer.json as Runtime[]).flatMap((runtime) => versionOf(runtime) ?? []);
  if (versions.includes(nodeVersion)) return [];
  const others = versions.length === 0 ? 'no Node at all' : `Node ${versions.toSorted().join(', ')}`;
  return [
    problem(
      `nodeVersion: ${location} does not offer Node ${nodeVersion} on Flex Consumption; it has ${others}.`,
    ),
  ];
}
