import type { Ran, RunAz } from '../../../infra/az/run.ts';
import type { Finding } from '../../../infra/preflight/finding.ts';
import { preflight } from '../../../infra/preflight/preflight.ts';
import { az } from '../az/stand-in.ts';
import { aWorld, type World } from '../az/world.ts';
import { parameters } from '../deployed.ts';

/** The stand-in without a process of its own. */
export const runIn = (world: World): RunAz => {
  return (args) => {
    const { status, stdout, stderr } = az(world, args);
    return Promise.resolve<Ran>({ ended: 'done', status, stdout, stderr });
  };
};

export async function findingsIn(
  world: Partial<World>,
  overrides: Record<string, unknown> = {},
  environment: Record<string, string> = {},
): Promise<{ problems: Finding[]; notes: Finding[]; parameters: Record<string, unknown> }> {
  const checked = await preflight(runIn(aWorld(world)), parameters(overrides), environment);
  const { findings } = checked;
  return {
    problems: findings.filter(({ kind }) => kind === 'problem'),
    notes: findings.filter(({ kind }) => kind === 'note'),
    parameters: checked.parameters,
  };
}
