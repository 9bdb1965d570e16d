import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { AzSecret } from '../../infra/az/secrets.ts';
import { az } from '../../infra/az/stand-in.ts';
import { aCluster, aWorld } from '../../infra/az/world.ts';
import type { World } from '../../infra/az/world.ts';
import type { Row } from '../../infra/kusto/functions.ts';
import { runQuery } from '../../infra/kusto/query.ts';
import type { Stack } from '../../local/stack/start.ts';
import { commandLines, queriesIn } from './commands.ts';
import type { CommandLine } from './commands.ts';
import { kubectl } from './kubectl.ts';
import type { Lab } from './lab.ts';

const KQL = join(import.meta.dirname, '../../../infra/kql');

/** Where it is confirmed, and with what. */
type Place = Pick<Lab, 'stack' | 'code' | 'name' | 'secret' | 'cluster' | 'runbook'>;

/** Runs everything that the entry has under Confirm, and gives what it prints. Fails where a command is refused or a query empty. */
export async function confirmed(entry: string, place: Place): Promise<string> {
  const [, confirm = ''] = /- \*\*Confirm\*\*: ([\s\S]*?)\n- \*\*Fix/.exec(entry) ?? [];
  const printed: string[] = [];
  for (const line of commandLines(confirm)) printed.push(await printedBy(line, place));
  for (const query of queriesIn(confirm)) {
    const rows = rowsOf(query, place);
    if (!OF_EVERYBODY.has(query)) expect(rows, `rows of ${query}`).not.toEqual([]);
    printed.push(JSON.stringify(rows));
  }
  return printed.join('\n');
}

/** Queries about what others did: whether there is anything yet, is theirs to say. */
const OF_EVERYBODY: ReadonlySet<string> = new Set(['event-to-write']);

async function printedBy({ program, args, text }: CommandLine, place: Place): Promise<string> {
  if (program === 'kubectl') return kubectl(place.stack, place.cluster, named(args, place, 'pg'));
  if (program === 'az') {
    const said = az(worldOf(place.stack, place), named(args, place, place.secret));
    // 2: the CLI knows no such command or argument. An answer that something is not there is one.
    expect(said.status, `${text}: ${said.stderr}`).not.toBe(2);
    return said.stdout + said.stderr;
  }
  const { code, out, err } = await place.runbook(text);
  expect(code, `${text}: ${err}`).not.toBe(64);
  return out + err;
}

/** `NAME` is a Secret to kubectl, and a secret to az. */
function named(args: readonly string[], { name, cluster, stack }: Place, object: string): string[] {
  const words: Readonly<Record<string, string>> = {
    NAME: object,
    NAMESPACE: name,
    VAULT: 'team',
    CLUSTER: cluster,
    GROUP: 'rg-aks',
    OBJECT_ID: stack.trust.tokens.objectId,
  };
  return args.map((arg) => words[arg] ?? arg);
}

/** What Azure would answer of the vault and the clusters of the stack. */
function worldOf({ vault, sites }: Stack, { secret }: Place): World {
  const versions = vault.history('team', secret).map(({ version, enabled, nbf, exp }) => ({
    version,
    attributes: { enabled, notBefore: isoOf(nbf), expires: isoOf(exp) },
  }));
  const deleted = versions.length > 0 && vault.latest('team', secret) === undefined;
  const secrets: AzSecret[] = versions.length === 0 ? [] : [{ name: secret, deleted, versions }];
  return aWorld({ resources: sites.map(({ name }) => aCluster(name)), secrets: { team: secrets } });
}

const isoOf = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : new Date(seconds * 1000).toISOString();

/** Over the lines that the functions have logged so far, as they stand in the envelope of Application Insights. */
function rowsOf(query: string, { stack, secret }: Place): Row[] {
  const text = readFileSync(join(KQL, `${query}.kql`), 'utf8');
  const asked = text.replace(/(wantedSecret = )"[^"]*"/, `$1"${secret}"`);
  const traces = stack.lines().map((line) => ({
    timestamp: Date.parse(line.time),
    message: JSON.stringify(line),
    operation_Id: line.eventId ?? '',
    customDimensions: {},
  }));
  return runQuery(asked, { traces, requests: [], exceptions: [] }, Date.now());
}
