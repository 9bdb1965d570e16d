/** Put in by infra/build.ts from package.json; the sources run without it. */
declare const VAULTCAST_VERSION: string | undefined;

/** The version of this build. */
export const VERSION = typeof VAULTCAST_VERSION === 'string' ? VAULTCAST_VERSION : '0.0.0-source';

export function version(): string {
  return VERSION;
}
