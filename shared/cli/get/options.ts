import type { RegistryOptions } from '../connect/flags.ts';
import type { OutputOptions } from '../output/format.ts';
import { CliError } from '../terminal/failure.ts';
import { EXIT } from '../terminal/io.ts';

/** What `vaultcast get` is asked for. */
export interface GetOptions extends RegistryOptions, OutputOptions {
  cluster?: string[];
  namespace?: string;
  route?: string;
  state?: string;
  vault?: string;
  secret?: string;
  watch?: boolean;
}

const SELECTORS = ['cluster', 'namespace', 'route', 'state', 'vault', 'secret'] as const;

/** Throws CliError when a selector is given that says nothing of this kind: it would select all, or nothing, unsaid. */
export function assertSelectors(
  options: GetOptions,
  kind: string,
  allowed: readonly (typeof SELECTORS)[number][],
): void {
  const given = SELECTORS.find((name) => options[name] !== undefined && !allowed.includes(name));
  if (given === undefined) return;
  const possible =
    allowed.length === 0 ? 'names only' : `names and ${allowed.map((name) => `--${name}`).join(', ')}`;
  throw new CliError(`--${given} does not select ${kind}`, `They are selected by ${possible}.`, EXIT.usage);
}
