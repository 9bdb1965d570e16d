import type { Context } from '../command.ts';
import type { PersonCluster } from '../connect/cluster.ts';
import type { VaultOptions } from '../connect/flags.ts';
import { harmless, paint } from '../terminal/text.ts';
import { say } from '../terminal/io.ts';
import type { ImportPlan } from './plan.ts';
import { verifyAll } from './verify.ts';
import type { Verified } from './verify.ts';

const STYLES = { equal: 'green', differs: 'red', absent: 'yellow', unknown: 'red' } as const;

/** Renders what was converted, and says of each Secret how it stands. */
export async function verifyPlan(
  { routes }: ImportPlan,
  person: PersonCluster,
  options: VaultOptions & { output: string },
  context: Context,
): Promise<Verified[]> {
  const { io } = context;
  if (routes.length === 0) return [];
  const vaultUrl = routes.map(({ route, draft }) => `${route.spec.vault}=${draft.vaultUrl}`);
  const vault = await context.openVault({ ...options, vaultUrl: [...new Set(vaultUrl)] }, io);
  const asked = routes.map(({ route, draft }) => ({ route, secret: draft.secret }));
  const verified = await verifyAll(asked, person, vault, io.signal);
  if (options.output !== 'report') return verified;
  for (const { secret, result, why } of verified)
    say(
      io,
      `${paint(io, STYLES[result], result.padEnd(9))}  ${secret}${why === '' ? '' : `: ${harmless(why)}`}`,
    );
  say(io, '');
  return verified;
}
