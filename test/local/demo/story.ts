import { isDeepStrictEqual } from 'node:util';
import { arrivalsOf } from './arrivals.ts';
import { command, happened, heading, paint, printTable, say } from './print.ts';
import { eventually } from '../stack/eventually.ts';
import { createPerson } from '../stack/person.ts';
import type { Stack } from '../stack/start.ts';
import type { Rotation } from '../stack/events.ts';
import { ACCEPT, applyTenancy } from '../stack/tenancy.ts';

/** Something that the demo promises did not happen. */
class DemoFailure extends Error {}

function must(found: unknown, expected: unknown, what: string): void {
  if (!isDeepStrictEqual(found, expected))
    throw new DemoFailure(`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
}

export const CLUSTERS = ['weu-1', 'neu-1', 'sea-1'];
const DOWN = 'neu-1';
export const CONNECTION = 'app-1--postgres972--connectionstring';
const PASSWORD = 'app-2--rabbitmq361--password';
const REDIS = 'app-3--redis--password';

type Rotated = Rotation & { secret: string };

async function rotate(stack: Stack, secret: string): Promise<Rotated> {
  const rotation = await stack.rotate(secret, `demo value of ${secret}, made at ${Date.now()}`);
  must(rotation.answer.status, 202, `the answer to the event of ${secret}`);
  return { ...rotation, secret };
}

/** Says where rotations arrived, after making sure that it is exactly there. */
function showArrivals(stack: Stack, rotations: readonly Rotated[], expected: readonly string[]): void {
  const arrivals = rotations.flatMap((rotation) =>
    arrivalsOf(stack, rotation).map((arrival) => ({ ...arrival, secret: rotation.secret })),
  );
  const found = arrivals.map(({ cluster, target }) => `${cluster} ${target}`);
  must(found.toSorted(), expected.toSorted(), 'where the secrets are');
  printTable([
    ['SECRET IN KEY VAULT', 'CLUSTER', 'SECRET IN THE CLUSTER', 'VERSION', 'AFTER'],
    ...arrivals.map(({ secret, cluster, target, version, afterMs }) => [
      secret,
      cluster,
      target,
      `${version.slice(0, 8)}…`,
      afterMs < 1000 ? `${afterMs} ms` : `${(afterMs / 1000).toFixed(1)} s`,
    ]),
  ]);
}

const inAll = (target: string): string[] => CLUSTERS.map((cluster) => `${cluster} ${target}`);

async function register(stack: Stack): Promise<void> {
  heading(1, 'A platform engineer registers three clusters and the routes of three teams');
  for (const secret of [CONNECTION, PASSWORD, REDIS]) stack.vault.set('team', secret, 'demo value of old');
  const plan = await applyTenancy(stack);
  must(plan.match(/^ *\+ \S+ appears /gm)?.length, 12, 'how many Secrets are predicted');
  command('vaultcast apply --yes -f - < registry.yaml', plan);
}

async function deliver(stack: Stack): Promise<Rotated[]> {
  heading(2, 'Secret owners rotate in Key Vault; Event Grid delivers the events over HTTP');
  const rotations: Rotated[] = [];
  for (const secret of [CONNECTION, PASSWORD, REDIS]) rotations.push(await rotate(stack, secret));
  showArrivals(stack, rotations, [...inAll('app-1/postgres972'), ...inAll('app-2/rabbitmq361')]);
  return rotations;
}

const REFUSALS = [
  `secret ${PASSWORD} is not accepted by namespace app-1`,
  'namespace app-3 accepts no secrets (annotation vaultcast.dev/accept is missing)',
];

async function refuse(stack: Stack, rotations: readonly Rotated[]): Promise<void> {
  heading(3, 'What was refused, and why: a route alone is not enough, the namespace must accept');
  const lines = [];
  for (const { eventId, secret } of rotations)
    lines.push(...(await stack.outcomes(eventId, secret === PASSWORD ? 6 : 3)));
  const refused = lines.filter(({ code }) => code === 'NOT_ACCEPTED');
  must([...new Set(refused.map(({ message }) => message))], REFUSALS, 'the reasons');
  const where = (message: string): string =>
    refused.flatMap((line) => (line.message === message ? [line.cluster ?? ''] : [])).join(', ');
  printTable([['REASON', 'CLUSTERS'], ...REFUSALS.map((message) => [message, where(message)])]);
}

async function consent(stack: Stack): Promise<Rotated> {
  heading(4, 'The team of app-3 accepts its secrets, and rotates again');
  for (const name of CLUSTERS) stack.cluster(name).annotate('app-3', { [ACCEPT]: 'app-3--' });
  command(`kubectl annotate namespace app-3 ${ACCEPT}=app-3--`, 'namespace/app-3 annotated');
  const rotation = await rotate(stack, REDIS);
  showArrivals(stack, [rotation], inAll('app-3/redis'));
  return rotation;
}

async function repeat(stack: Stack, { event, eventId }: Rotated): Promise<void> {
  heading(5, 'Event Grid delivers an event twice');
  const versions = () =>
    CLUSTERS.map((name) => stack.cluster(name).secret('app-3', 'redis')?.metadata.resourceVersion);
  const before = versions();
  must((await stack.deliver([event])).status, 202, 'the answer to the second delivery');
  must(versions(), before, 'the resourceVersions');
  const again = (await stack.outcomes(eventId, 6)).slice(3).map(({ code }) => code);
  must(new Set(again), new Set(['UNCHANGED']), 'the outcomes');
  happened('nothing was written: every resourceVersion is as before');
}

async function breakDown(stack: Stack): Promise<Rotated> {
  heading(6, `Cluster ${DOWN} goes down, and a secret is rotated`);
  await stack.cluster(DOWN).server.down();
  const rotation = await rotate(stack, CONNECTION);
  showArrivals(
    stack,
    [rotation],
    inAll('app-1/postgres972').filter((at) => !at.startsWith(DOWN)),
  );
  const waiting = (await stack.outcomes(rotation.eventId, 3)).find(({ cluster }) => cluster === DOWN);
  must(waiting?.code, 'CLUSTER_UNREACHABLE', `what happened at ${DOWN}`);
  happened('the event was acknowledged, and the other clusters did not wait');
  happened(`${DOWN} has a place in the queue (${waiting?.message})`);
  return rotation;
}

async function askWhy(stack: Stack): Promise<void> {
  heading(7, 'Somebody on call asks what is wrong, and the owner of the secret where it is');
  const problems = ['get', 'problems', '--cluster', DOWN];
  // The row is written after the event was acknowledged.
  const found = await eventually(async () => {
    const answer = await stack.ask(problems);
    return answer.printed.includes('CLUSTER_UNREACHABLE') ? answer : undefined;
  });
  must(found.code, 2, 'the exit code of a command that found problems');
  command(`vaultcast ${problems.join(' ')}`, found.printed);
  const explained = await stack.ask(['explain', CONNECTION]);
  must(explained.printed.includes('2 of 3 have it'), true, 'what vaultcast explain says');
  command(`vaultcast explain ${CONNECTION}`, explained.printed);
}

async function recover(stack: Stack, rotation: Rotated): Promise<void> {
  heading(8, `Cluster ${DOWN} returns`);
  await stack.cluster(DOWN).server.up();
  say(paint('dim', 'Nobody does anything: a failed attempt is repeated after five to ten seconds …'));
  await eventually(() => arrivalsOf(stack, rotation).length === CLUSTERS.length);
  showArrivals(stack, [rotation], inAll('app-1/postgres972'));
}

async function compare(stack: Stack): Promise<void> {
  heading(9, 'Somebody edits a Secret by hand: what would a run change?');
  const data = { connectionstring: Buffer.from('edited by hand').toString('base64') };
  stack.cluster('weu-1').edit('app-1', 'postgres972', (secret) => ({ ...secret, data }));
  // These two commands are carried out by the app: they need its queues.
  const { connectionString } = stack.storage;
  const person = createPerson(stack.storage, {
    REGISTRY: connectionString,
    AzureWebJobsStorage: connectionString,
  });
  const planned = await person.ask(['plan']);
  must(planned.code, 2, 'the exit code of a plan that found a difference');
  must(planned.printed.includes('PLANNED app-1/postgres972'), true, 'whether the plan names the Secret');
  command('vaultcast plan', planned.printed);
  const run = await person.ask(['reconcile']);
  const edited = stack.cluster('weu-1').secret('app-1', 'postgres972')?.data?.['connectionstring'];
  must(edited === data.connectionstring, false, 'whether the Secret is as it was edited');
  command('vaultcast reconcile', run.printed);
}

/** Tells the story; throws when anything in it did not happen. `registered`: everything is there now, and begins. */
export async function tell(stack: Stack, registered: () => Promise<void>): Promise<void> {
  await register(stack);
  await registered();
  const rotations = await deliver(stack);
  await refuse(stack, rotations);
  await repeat(stack, await consent(stack));
  const rotation = await breakDown(stack);
  await askWhy(stack);
  await recover(stack, rotation);
  await compare(stack);
}
