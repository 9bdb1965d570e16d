import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CLIENT_ID } from '../stack/sites.ts';
import type { Stack } from '../stack/start.ts';

/** For a shell: `. ./local.env` says everything that would have to be typed off the screen. */
const FILE = join(import.meta.dirname, '../../../local.env');
const DNS = pathToFileURL(join(import.meta.dirname, '../network/dns.mjs')).href;

/**
 * What tells `vaultcast`, and curl, where the local stack is, and lets the command sign in there. `people`: where curl finds the
 * people; `caFile`: the authority of every certificate here. A context that somebody chose elsewhere counts no more.
 */
export function environmentOf(
  { storage, vault, trust }: Pick<Stack, 'storage' | 'vault' | 'trust'>,
  people: string,
  caFile: string,
): Record<string, string> {
  return {
    LOCAL: people,
    REGISTRY: storage.connectionString,
    AzureWebJobsStorage: storage.connectionString,
    VAULTS: `team=${vault.url('team')}`,
    VAULTCAST_CONTEXT: '',
    AZURE_CLIENT_ID: CLIENT_ID,
    IDENTITY_ENDPOINT: trust.tokens.identityEndpoint,
    IDENTITY_HEADER: trust.tokens.identityHeader,
    NODE_EXTRA_CA_CERTS: caFile,
    NODE_OPTIONS: `--import ${DNS}`,
  };
}

const HEAD = `# Where npm run local runs: for a second terminal. It is written anew at each start, and gone when that ends.`;

/** As lines of a shell. */
function shellText(environment: Record<string, string>): string {
  const lines = Object.entries(environment).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`,
  );
  return `${[HEAD, ...lines].join('\n')}\n`;
}

/** Writes local.env into the top of the repository; returns what takes it away again. */
export async function writeEnvironment(stack: Stack, people: string): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'vaultcast-local-'));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, stack.trust.authority.caPem);
  await rm(FILE, { force: true });
  await writeFile(FILE, shellText(environmentOf(stack, people, caFile)), { mode: 0o600 });
  return async () => {
    await Promise.all([rm(FILE, { force: true }), rm(folder, { recursive: true })]);
  };
}
