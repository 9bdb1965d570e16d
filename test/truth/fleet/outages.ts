import { TableClient } from '@azure/data-tables';
import type { Output } from '../../../shared/output/json-schema.ts';
import { eventually } from '../../local/stack/eventually.ts';
import type { LogLine } from '../../local/stack/log.ts';
import type { Stack } from '../../local/stack/start.ts';

/** What everything stands on goes away, and comes back before the next run. */
interface Outage {
  about: string;
  /** Returns what was said meanwhile that is not so. */
  happen: (stack: Stack) => Promise<string[]>;
  /** Whether nobody can know any more when what stands was written. */
  forgets?: true;
}

const SECRET = 'rotated--pg--password';
const WAIT_MS = 60_000;

/** The first line about an event, which names what failed. */
const firstLine = (stack: Stack, eventId: string, code: string): Promise<LogLine> =>
  eventually(() => stack.lines().find((line) => line.eventId === eventId && line.code === code), WAIT_MS);

async function identityRefuses(stack: Stack): Promise<string[]> {
  const host = await stack.addHost({ IDENTITY_HEADER: 'of somebody else' });
  const to = { host: stack.hosts.length - 1 };
  const { eventId } = await stack.rotate(SECRET, 'while the identity refuses', to);
  await firstLine(stack, eventId, 'TOKEN_UNAVAILABLE');
  await host.kill();
  // Nobody was asked: no cluster is to blame.
  const blamed = stack.lines().filter((line) => line.eventId === eventId && line.code.startsWith('CLUSTER_'));
  return blamed.map(({ code, message }) => `${code}: ${message}`);
}

const ASKING = [
  ['get', 'problems'],
  ['get', 'targets'],
  ['get', 'runs'],
  ['explain', `team/${SECRET}`],
  ['plan'],
];

async function registryIsAway(stack: Stack): Promise<string[]> {
  const ends = stack.storage.tables.inject({
    fault: { kind: 'status', status: 503 },
    when: ({ path }) => /Routes|Clusters/.test(path),
  });
  const { eventId } = await stack.rotate(SECRET, 'while the registry is away');
  await firstLine(stack, eventId, 'REGISTRY_UNAVAILABLE');
  const answers = await Promise.all(ASKING.map(async (args) => ({ args, ...(await stack.ask(args)) })));
  const answer = await stack.hosts[0]?.http('/api/status', {
    headers: { 'x-functions-key': stack.functionsKey },
  });
  const report = (await answer?.json()) as { status?: object; failure?: { code: string } };
  ends();
  const fine = answers.filter(
    ({ code, complained }) => code !== 1 || !complained.includes('is not available'),
  );
  return [
    ...fine.map(
      ({ args, code }) => `${args.join(' ')} ends with ${code} although nobody can read the registry`,
    ),
    ...(report.status === undefined && report.failure?.code === 'REGISTRY_UNAVAILABLE'
      ? []
      : [`/api/status says ${JSON.stringify(report)}`]),
  ];
}

async function tablesAreLost(stack: Stack): Promise<string[]> {
  for (const name of ['Targets', 'Runs', 'Endpoints']) {
    const options = { allowInsecureConnection: true };
    const table = TableClient.fromConnectionString(stack.storage.connectionString, name, options);
    for await (const { partitionKey = '', rowKey = '' } of table.listEntities())
      await table.deleteEntity(partitionKey, rowKey);
  }
  const { printed } = await stack.ask(['explain', `team/${SECRET}`, '-o', 'json']);
  const { status } = JSON.parse(printed) as Output<'SecretStatus'>;
  const known = status.targets.filter((target) => target.status.stands !== 'unknown');
  return known.map(({ metadata: { cluster } }) => `explain knows what stands in ${cluster}, and nobody does`);
}

export const OUTAGES: readonly Outage[] = [
  { about: 'an identity refuses', happen: identityRefuses },
  { about: 'the registry is away', happen: registryIsAway },
  { about: 'all rows are lost', happen: tablesAreLost, forgets: true },
];
