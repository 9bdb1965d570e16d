import type { Context } from '../command.ts';
import type { RegistryOptions, VaultOptions } from '../connect/flags.ts';
import { CliError } from '../terminal/failure.ts';
import { secretWord } from '../terminal/words.ts';
import { createReader } from './reader.ts';
import { createVaultLooks } from './vault-looks.ts';
import { expiryView } from './view/expiry.ts';
import { fleetView } from './view/fleet.ts';
import { problemsView } from './view/problems.ts';
import { routesView } from './view/routes.ts';
import { runsView, runView } from './view/runs.ts';
import { secretView, targetsAbout } from './view/secret.ts';
import { secretsView } from './view/secrets.ts';
import { targetsView } from './view/targets.ts';
import type { Views } from './views.ts';

type Answers = { readonly [Name in keyof Views]: (query: URLSearchParams) => Promise<Views[Name]> };

/**
 * Whatever the page may ask for, by name: it changes nothing. `world` is all that was read, as it is now. Throws CliError when
 * settings do not say where the tables are.
 */
export async function createAnswers(
  session: Views['session'],
  options: RegistryOptions & VaultOptions,
  context: Context,
) {
  const reader = await createReader(options, context);
  const vault = createVaultLooks(options, context);
  const world = () => reader.look([]);
  const answers: Answers = {
    session: async () => session,
    fleet: async (query) => fleetView(await reader.look(query.getAll('name')), query.get('name'), Date.now()),
    // Whatever is shown is looked at again, even of a thousand clusters.
    targets: async (query) => {
      const asked = query.getAll('cluster');
      const before = await reader.look(asked);
      const shown = targetsView(before, query, Date.now());
      if (asked.length > 0) return shown;
      const after = await reader.lookAt(shown.items.map(({ metadata }) => metadata));
      return after === before ? shown : targetsView(after, query, Date.now());
    },
    secrets: async (query) => secretsView(await world(), query, Date.now()),
    secret: async (query) => {
      const ref = refIn(query);
      const seen = world().then((before) => reader.lookAt(targetsAbout(ref, before)));
      const [after, look] = await Promise.all([seen, vault(ref)]);
      return secretView(ref, after, look, Date.now());
    },
    problems: async () => problemsView(await world(), Date.now()),
    runs: async () => runsView(await world(), Date.now()),
    run: async (query) => runView(query.get('name') ?? '', await world(), query, Date.now()),
    expiry: async () => expiryView(await world(), Date.now()),
    routes: async () => routesView(await world(), Date.now()),
  };
  return { answers, world };
}

/** Throws CliError for what can be no secret. */
function refIn(query: URLSearchParams): { vault: string; name: string } {
  const { vault, name } = secretWord(`${query.get('vault') ?? ''}/${query.get('name') ?? ''}`);
  if (vault === undefined) throw new CliError('no vault is named', 'Choose the secret in the list.');
  return { vault, name };
}
