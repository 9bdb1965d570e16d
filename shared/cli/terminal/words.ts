import { toAsciiLower } from '../../names.ts';
import type { SecretRef } from '../../names.ts';
import type { Route } from '../../registry/document.ts';
import { vaultAlias } from '../../registry/fields.ts';
import { covers } from '../../route/targets.ts';
import { CliError } from './failure.ts';
import { EXIT } from './io.ts';

/** `[VAULT/]SECRET` as typed; Key Vault ignores case. Throws CliError for what can be no name. */
export function secretWord(text: string): { vault: string | undefined; name: string } {
  const [name = '', vault, ...rest] = toAsciiLower(text).split('/').toReversed();
  const isVault = vault === undefined || vaultAlias.safeParse(vault).success;
  if (rest.length === 0 && isVault && /^[0-9a-z-]{1,127}$/.test(name)) return { vault, name };
  throw new CliError(
    `${JSON.stringify(text.slice(0, 200))} is no secret`,
    'Write SECRET or VAULT/SECRET: the name in Key Vault, and the alias that routes use.',
    EXIT.usage,
  );
}

/** The vaults a typed secret may mean: the one given, or those of the routes that cover the name, or else of all routes. */
function vaultsMeant(word: ReturnType<typeof secretWord>, routes: readonly Route[]): string[] {
  if (word.vault !== undefined) return [word.vault];
  const covering = routes.filter((route) => covers(route, word.name));
  return [...new Set((covering.length > 0 ? covering : routes).map((route) => route.spec.vault))].sort();
}

/** Throws CliError when it could be a secret of several vaults. */
export function oneSecret(text: string, routes: readonly Route[]): SecretRef {
  const word = secretWord(text);
  const [vault, ...others] = vaultsMeant(word, routes);
  if (vault !== undefined && others.length === 0) return { vault, name: word.name };
  const which = vault === undefined ? 'no route is registered' : `vaults ${[vault, ...others].join(', ')}`;
  throw new CliError(
    `${word.name} could be in any vault (${which})`,
    `Write VAULT/${word.name}.`,
    EXIT.usage,
  );
}
