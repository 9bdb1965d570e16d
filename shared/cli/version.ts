import { z } from 'zod';
import { version } from '../version.ts';
import { EXIT, type ExitCode, type Io, note, say } from './terminal/io.ts';

/** What the app answers at `/api/health`, whether it can work or not. */
const health = z.object({ version: z.string(), commit: z.string() });

const ANSWER_MS = 5000;

/**
 * `vaultcast --version`: this command's version and, where FUNCTION_APP_URL says where the app is, the app's. A command of
 * another version than the app may ask for what the app does not know yet, so a difference is said; it is no failure.
 */
export async function printVersion(io: Io): Promise<ExitCode> {
  say(io, version());
  const url = io.env['FUNCTION_APP_URL']?.trim() ?? '';
  if (url === '') return EXIT.ok;
  const app = await versionOf(url, io.signal);
  if (app === undefined) {
    note(io, `${url} (FUNCTION_APP_URL) did not say its version`);
    return EXIT.ok;
  }
  say(io, `app ${app.version} (commit ${app.commit})`);
  if (app.version !== version())
    note(io, `this command is ${version()} and the app is ${app.version}: install or deploy the same`);
  return EXIT.ok;
}

/** Undefined when nothing at the address answers as an app does. */
async function versionOf(url: string, signal: AbortSignal): Promise<z.output<typeof health> | undefined> {
  try {
    const response = await fetch(new URL('/api/health', url), {
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    return health.safeParse(await response.json()).data;
  } catch {
    return undefined;
  }
}
