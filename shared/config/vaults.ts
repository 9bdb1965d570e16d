import type { Parsed } from './parse.ts';
import { found, parseEntries } from './parse.ts';
import { vaultAlias } from '../registry/fields.ts';

const EXAMPLE = 'https://team.vault.azure.net';

/**
 * The origin of a vault, or what is wrong. Any https host may be one: the SDK gives a token only to a host of the domain
 * that the challenge names, and another host cannot be a vault of ours.
 */
function parseVaultUrl(text: string): string | { problem: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url?.pathname === '/' && `${url.search}${url.hash}${url.username}${url.password}` === '';
  if (url?.protocol !== 'https:' || !bare)
    return { problem: `must be the https address of a vault without a path, such as ${EXAMPLE}` };
  // `team.vault.azure.net.` is the same vault, and would pass for a second one.
  if (url.hostname.endsWith('.')) return { problem: 'must not have a host that ends with a dot' };
  return url.origin;
}

function parseVault(entry: string): [alias: string, origin: string] | { problem: string } {
  const [, alias, address] = /^([^=]*)=(.*)$/.exec(entry) ?? [];
  if (alias === undefined || address === undefined) return { problem: `must be ALIAS=${EXAMPLE}` };
  const name = alias.trim();
  if (!vaultAlias.safeParse(name).success)
    return { problem: 'must start with an alias of 3 to 24 of a-z, 0-9 and "-"' };
  const origin = parseVaultUrl(address.trim());
  return typeof origin === 'string' ? [name, origin] : origin;
}

/** `team=https://team.vault.azure.net,…`: alias -> origin. One alias per vault, or an event had two meanings. */
export function parseVaults(text: string): Parsed<ReadonlyMap<string, string>> {
  const { value: entries, problems } = parseEntries(text, parseVault);
  const [vaults, aliases] = [new Map<string, string>(), new Map<string, string>()];
  for (const [alias, origin] of entries) {
    const other = aliases.get(origin);
    if (vaults.has(alias)) problems.push(`has the alias ${found(alias)} twice`);
    else if (other !== undefined) problems.push(`names one vault twice: ${found(other)} and ${found(alias)}`);
    else aliases.set(origin, alias);
    vaults.set(alias, origin);
  }
  if (vaults.size === 0 && problems.length === 0) problems.push(`must name a vault: ALIAS=${EXAMPLE}`);
  return { value: vaults, problems };
}

/** The vault with stored cluster credentials. */
export function parseCredentialVault(
  text: string,
  vaults: ReadonlyMap<string, string>,
): Parsed<string | undefined> {
  if (text === '') return { value: undefined, problems: [] };
  const origin = parseVaultUrl(text);
  if (typeof origin !== 'string')
    return { value: undefined, problems: [`${origin.problem}; found ${found(text)}`] };
  const [alias] = [...vaults].find(([, vault]) => vault === origin) ?? [];
  if (alias === undefined) return { value: origin, problems: [] };
  const problem = `must not be a vault of VAULTS: routes could then deliver cluster credentials (${alias})`;
  return { value: undefined, problems: [problem] };
}
