import type { SecretRef } from '../../names.ts';
import type { Context } from '../command.ts';
import type { QueueOptions, RegistryOptions, VaultOptions } from '../connect/flags.ts';
import { CliError } from '../terminal/failure.ts';
import { secretWord } from '../terminal/words.ts';
import { acknowledge } from './acknowledge.ts';
import type { Reader } from './reader.ts';
import { type Answer, type Asked, json, plain, type Reply } from './server/server.ts';
import type { VaultLooks } from './vault-looks.ts';
import { expiryView } from './view/expiry.ts';
import { fleetView } from './view/fleet.ts';
import { problemsView } from './view/problems.ts';
import { routesView } from './view/routes.ts';
import { runsView, runView } from './view/runs.ts';
import { secretView, targetsAbout } from './view/secret.ts';
import { secretsView } from './view/secrets.ts';
import { targetsView } from './view/targets.ts';
import type { ActionOffer, Session } from './views.ts';

export type DashboardOptions = RegistryOptions & QueueOptions & VaultOptions;

/** Something that the local stack lets people do by a button; says what came of it. */
export interface Action extends ActionOffer {
  act: () => Promise<string>;
}

interface Given {
  reader: Reader;
  vault: VaultLooks;
  assets: ReadonlyMap<string, Reply>;
  session: Session;
  actions: readonly Action[];
  options: DashboardOptions;
  context: Context;
}

type View = (query: URLSearchParams, given: Given) => Promise<unknown>;

/** Whatever the page may ask for: it changes nothing. */
const VIEWS: Readonly<Record<string, View>> = {
  session: async (_, { session }) => session,
  fleet: async (query, { reader }) =>
    fleetView(await reader.look(query.getAll('name')), query.get('name'), Date.now()),
  targets: async (query, { reader }) => targets(query, reader),
  secrets: async (query, { reader }) => secretsView(await reader.look([]), query, Date.now()),
  secret: async (query, given) => secret(query, given),
  problems: async (_, { reader }) => problemsView(await reader.look([]), Date.now()),
  runs: async (_, { reader }) => runsView(await reader.look([]), Date.now()),
  run: async (query, { reader }) =>
    runView(query.get('name') ?? '', await reader.look([]), query, Date.now()),
  expiry: async (_, { reader }) => expiryView(await reader.look([]), Date.now()),
  routes: async (_, { reader }) => routesView(await reader.look([]), Date.now()),
};

export function answersOf(given: Given): Answer {
  return async (asked) => {
    if (asked.method === 'POST') return change(asked, given);
    const asset = given.assets.get(asked.path);
    if (asset !== undefined) return asset;
    const [, name = ''] = /^api\/([a-z]+)$/.exec(asked.path) ?? [];
    const view = Object.hasOwn(VIEWS, name) ? VIEWS[name] : undefined;
    return view === undefined ? plain(404, 'There is no such page.') : json(await view(asked.query, given));
  };
}

/** The two things that a page may ask to be done: the app is told that somebody knows of a problem; the local stack plays along. */
async function change({ path, body }: Asked, given: Given): Promise<Reply> {
  if (path === 'api/acknowledge') {
    const world = await given.reader.look([]);
    return json({ run: await acknowledge(body, world, given.options, given.context) }, 202);
  }
  const action = given.actions.find(({ id }) => path === `api/actions/${id}`);
  if (action === undefined) return plain(404, 'There is no such page.');
  return json({ message: await action.act() });
}

/** Whatever is shown is looked at again, even of a thousand clusters. */
async function targets(query: URLSearchParams, reader: Reader): Promise<unknown> {
  const asked = query.getAll('cluster');
  const before = await reader.look(asked);
  const shown = targetsView(before, query, Date.now());
  const after = asked.length > 0 ? before : await reader.lookAt(shown.items.map(({ metadata }) => metadata));
  return after === before ? shown : targetsView(after, query, Date.now());
}

async function secret(query: URLSearchParams, { reader, vault }: Given): Promise<unknown> {
  const ref = refIn(query);
  const [world, look] = await Promise.all([
    reader.look([]).then((seen) => reader.lookAt(targetsAbout(ref, seen))),
    vault(ref),
  ]);
  return secretView(ref, world, look, Date.now());
}

/** Throws CliError for what can be no secret. */
function refIn(query: URLSearchParams): SecretRef {
  const { vault, name } = secretWord(`${query.get('vault') ?? ''}/${query.get('name') ?? ''}`);
  if (vault === undefined) throw new CliError('no vault is named', 'Choose the secret in the list.');
  return { vault, name };
}
