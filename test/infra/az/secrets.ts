import { failed, ok, type Said } from './said.ts';
import type { Json, World } from './world.ts';

type Options = Record<string, string>;

/** A secret of a vault as the CLI prints it; `deleted` and `enabled: false` are what people get instead of it. */
export interface AzSecret {
  name: string;
  deleted: boolean;
  /** Oldest first, as `attributes` and `id` tell them. */
  versions: { version: string; attributes: Json }[];
}

/** The answers of `az keyvault secret …`: texts as users of the CLI quote them in public issues. */
const notFound = (name: string): Said =>
  failed(3, `ERROR: (SecretNotFound) A secret with (name/id) ${name} was not found in this key vault.`);
const disabled = (): Said =>
  failed(1, 'ERROR: (Forbidden) Operation get is not allowed on a disabled secret.');

const printed = (
  vault: string,
  name: string,
  { version, attributes }: AzSecret['versions'][number],
): Json => ({
  id: `https://${vault}.vault.azure.net/secrets/${name}/${version}`,
  name,
  attributes,
});

const secretsIn = ({ secrets }: World, { '--vault-name': vault = '' }: Options): AzSecret[] =>
  secrets[vault] ?? [];

function found(world: World, options: Options): AzSecret | undefined {
  const { '--name': name = '' } = options;
  return secretsIn(world, options).find((one) => one.name === name.toLowerCase());
}

export function showSecret(world: World, options: Options): Said {
  const { '--vault-name': vault = '', '--name': name = '' } = options;
  const secret = found(world, options);
  const latest = secret?.versions.at(-1);
  if (secret === undefined || latest === undefined || secret.deleted) return notFound(name);
  return latest.attributes['enabled'] === false ? disabled() : ok(printed(vault, name, latest));
}

export function listSecrets(world: World, options: Options, isDeleted: boolean): Said {
  const { '--vault-name': vault = '' } = options;
  const all = secretsIn(world, options).filter(({ deleted }) => deleted === isDeleted);
  return ok(
    all.map(({ name, versions }) => versions.slice(-1).map((one) => printed(vault, name, one))).flat(),
  );
}

export function listVersions(world: World, options: Options): Said {
  const { '--vault-name': vault = '', '--name': name = '' } = options;
  const secret = found(world, options);
  if (secret === undefined || secret.deleted) return notFound(name);
  return ok(secret.versions.map((one) => printed(vault, name, one)));
}

export function recoverSecret(world: World, options: Options): Said {
  const secret = found(world, options);
  return secret?.deleted === true ? ok({ name: secret.name }) : notFound(options['--name'] ?? '');
}
