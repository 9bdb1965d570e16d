/** Put in by infra/build.ts from package.json; the sources run without it. */
declare const VAULTCAST_VERSION: string | undefined;

/** The version of this build. */
export function version(): string {
  return typeof VAULTCAST_VERSION === 'string' ? VAULTCAST_VERSION : '0.0.0-source';
}
