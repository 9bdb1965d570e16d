import { z } from 'zod';
import { askAz } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { type Finding, problem } from './finding.ts';

/** From here on `azd down` leaves resource groups alone that were there before: Azure/azure-dev#7698. */
const OLDEST = '1.24.1';

const VERSION = z.object({ azd: z.object({ version: z.string() }) });

/** Whether the azd of this machine, if there is one, can be trusted with resource groups of others. */
export async function azdFindings(run: RunAz): Promise<Finding[]> {
  const answer = await askAz(run, ['version'], VERSION);
  if (!answer.ok) return [];
  const { azd } = answer.json;
  if (!isOlder(azd.version, OLDEST)) return [];
  return [
    problem(
      `azd ${azd.version} deletes the resource groups of your vaults and clusters with azd down; ${OLDEST} and newer do not.`,
      'open https://aka.ms/azd',
    ),
  ];
}

const partsOf = (version: string): number[] => version.split(/[.-]/).slice(0, 3).map(Number);

function isOlder(version: string, other: string): boolean {
  const [one, two] = [partsOf(version), partsOf(other)];
  const at = one.findIndex((part, i) => part !== two[i]);
  return at >= 0 && (one[at] ?? 0) < (two[at] ?? 0);
}
