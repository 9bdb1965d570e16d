import type { Context } from '../command.ts';
import type { QueueOptions, RegistryOptions, VaultOptions } from '../connect/flags.ts';
import { queueSetting, registrySetting } from '../connect/settings.ts';
import { version } from '../../version.ts';
import { acknowledge } from './acknowledge.ts';
import { createAnswers } from './answers.ts';
import { assetsAt } from './assets.ts';
import { json, plain, startServer } from './server/server.ts';
import type { Views } from './views.ts';

type Offer = Views['session']['actions'][number];

/** What the command itself has none of. */
interface Extras {
  /** What the local stack lets people do by a button; `act` says what came of it. */
  actions?: readonly (Offer & { act: () => Promise<string> })[];
  /** Where the page was built. */
  assets?: URL;
}

/**
 * Serves the page on 127.0.0.1, with the person's own rights. Throws what other commands throw when settings or tables are
 * not there, before anything is served.
 */
export async function serveDashboard(
  { port, ...options }: RegistryOptions & QueueOptions & VaultOptions & { port: number },
  context: Context,
  { actions = [], assets: folder }: Extras = {},
) {
  const session = sessionOf(options, context, actions);
  const { answers, world } = await createAnswers(session, options, context);
  await world();
  const assets = await assetsAt(folder);
  const views = new Map(Object.entries(answers));
  const nothing = plain(404, 'There is no such page.');

  return startServer(port, async ({ method, path, query, body }) => {
    // The two things that a page may ask to be done: the app is told that somebody knows of a problem; the local stack plays along.
    if (method === 'POST') {
      if (path === 'api/acknowledge')
        return json({ run: await acknowledge(body, await world(), options, context) }, 202);
      const action = actions.find(({ id }) => path === `api/actions/${id}`);
      return action === undefined ? nothing : json({ message: await action.act() });
    }
    const asset = assets.get(path);
    if (asset !== undefined) return asset;
    const [, name = ''] = /^api\/([a-z]+)$/.exec(path) ?? [];
    const view = views.get(name);
    return view === undefined ? nothing : json(await view(query));
  });
}

function sessionOf(
  options: RegistryOptions & QueueOptions,
  { io }: Context,
  actions: readonly Offer[],
): Views['session'] {
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

function knowsQueue(options: QueueOptions, env: Context['io']['env']): boolean {
  try {
    queueSetting(options, env);
    return true;
  } catch {
    return false;
  }
}
