import { toAsciiLower } from '../../names.ts';
import type { SecretRef } from '../../names.ts';
import type { Route } from '../../registry/document.ts';
import { vaultAlias } from '../../registry/fields.ts';
import { covers } from '../../route/targets.ts';
import { CliError } from './failure.ts';
import { EXIT } from './io.ts';

/** `cluster`, `clusters`, `route`, `routes`: what the command line calls a kind. */
export function kindOf(word: string) {
  return word.startsWith('cluster') ? 'Cluster' : 'Route';
}

/** `[VAULT/]SECRET` as typed; Key Vault ignores case. Throws CliError for what can be no name. */
export function secretWord(word: string): { vault: string | undefined; name: string } {
  const [name = '', vault, ...rest] = toAsciiLower(word).split('/').toReversed();
  const isVault = vault === undefined || vaultAlias.safeParse(vault).success;
  if (rest.length === 0 && isVault && /^[0-9a-z-]{1,127}$/.test(name)) return { vault, name };
  throw new CliError(
    `${JSON.stringify(word.slice(0, 200))} is no secret`,
    'Write SECRET or VAULT/SECRET: the name in Key Vault, and the alias that routes use.',
    EXIT.usage,
  );
}

/** The one secret that a word means: routes tell the vault where the word does not. Throws CliError when they do not either. */
export function oneSecret(word: string, routes: readonly Route[]): SecretRef {
  const typed = secretWord(word);
  const [vault, ...others] = vaultsMeant(typed, routes);
  if (vault !== undefined && others.length === 0) return { vault, name: typed.name };
  const which = vault === undefined ? 'no route is registered' : `vaults ${[vault, ...others].join(', ')}`;
  throw new CliError(
    `${typed.name} could be in any vault (${which})`,
    `Write VAULT/${typed.name}.`,
    EXIT.usage,
  );
}

/** The vault that was typed, or those of the routes that cover the name, or else of all routes. */
function vaultsMeant(typed: ReturnType<typeof secretWord>, routes: readonly Route[]): string[] {
  if (typed.vault !== undefined) return [typed.vault];
  const covering = routes.filter((route) => covers(route, typed.name));
  return [...new Set((covering.length > 0 ? covering : routes).map((route) => route.spec.vault))].sort();
}
