/** Put in by infra/build.ts from package.json and Git; the sources run without them. */
declare const VAULTCAST_VERSION: string | undefined;
declare const VAULTCAST_COMMIT: string | undefined;

/** The version of this build. */
export function version(): string {
  return typeof VAULTCAST_VERSION === 'string' ? VAULTCAST_VERSION : '0.0.0-source';
}

/** The commit this build was made from, abbreviated; `unknown` outside a Git checkout. */
export function commit(): string {
  return typeof VAULTCAST_COMMIT === 'string' ? VAULTCAST_COMMIT : 'unknown';
}
