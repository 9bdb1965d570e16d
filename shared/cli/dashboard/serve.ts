import type { Context } from '../command.ts';
import { queueSetting, registrySetting } from '../connect/settings.ts';
import { version } from '../../version.ts';
import { type Action, answersOf, type DashboardOptions } from './answers.ts';
import { assetsAt } from './assets.ts';
import { createReader } from './reader.ts';
import { type RunningServer, startServer } from './server/server.ts';
import { createVaultLooks } from './vault-looks.ts';
import type { Session } from './views.ts';

/** What the command itself has none of. */
interface Extras {
  /** Buttons of the local stack. */
  actions?: readonly Action[];
  /** Where the page was built. */
  assets?: URL;
}

/**
 * Serves the page on 127.0.0.1, with the person's own rights. Throws what other commands throw when settings or tables are
 * not there, before anything is served.
 */
export async function serveDashboard(
  { port, ...options }: DashboardOptions & { port: number },
  context: Context,
  { actions = [], assets: folder }: Extras = {},
): Promise<RunningServer> {
  const reader = await createReader(options, context);
  await reader.look([]);
  const assets = await assetsAt(folder);
  const vault = createVaultLooks(options, context);
  const session = sessionOf(options, context, actions);
  return startServer(port, answersOf({ reader, vault, assets, session, actions, options, context }));
}

function sessionOf(options: DashboardOptions, { io }: Context, actions: readonly Action[]): Session {
  return {
    version: version(),
    registry: placeOf(registrySetting(options, io.env)),
    canAcknowledge: knowsQueue(options, io.env),
    actions: actions.map(({ id, label }) => ({ id, label })),
  };
}

/** Of a connection string the account's name alone. */
function placeOf(setting: ReturnType<typeof registrySetting>): string {
  if ('serviceUri' in setting) return new URL(setting.serviceUri).host;
  return /(?:^|;)AccountName=([^;]+)/i.exec(setting.connectionString)?.[1] ?? 'a connection string';
}

function knowsQueue(options: DashboardOptions, env: Context['io']['env']): boolean {
  try {
    queueSetting(options, env);
    return true;
  } catch {
    return false;
  }
}
