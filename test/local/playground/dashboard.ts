import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { openBrowser } from '../../../shared/cli/dashboard/browser.ts';
import { serveDashboard } from '../../../shared/cli/dashboard/serve.ts';
import { CONNECTIONS } from '../../../shared/cli/connect/open.ts';
import type { Stack } from '../stack/start.ts';

export interface Dashboard {
  /** Works once. */
  address: string;
  stop: () => Promise<void>;
}

interface Playground {
  /** What the button rotates. */
  secret: string;
  /** What can be stopped and started; none where that would spoil a story. */
  cluster?: string;
}

/** What people do to the local stack by buttons, which `vaultcast dashboard` itself does not have. */
function actionsOf(stack: Stack, { secret, cluster }: Playground) {
  return [rotateAction(stack, secret), ...(cluster === undefined ? [] : clusterActions(stack, cluster))];
}

function rotateAction(stack: Stack, secret: string) {
  const act = async (): Promise<string> => {
    const { version } = await stack.rotate(secret, `made by a button: ${randomBytes(8).toString('hex')}`);
    return `It has version ${version.slice(0, 8)} in the vault, and its event was delivered.`;
  };
  return { id: 'rotate', label: `Rotate ${secret}`, act };
}

function clusterActions(stack: Stack, cluster: string) {
  const { server } = stack.cluster(cluster);
  const down = async (): Promise<string> => {
    await server.down();
    return `${cluster} refuses connections. Rotate, and see what becomes of it.`;
  };
  const up = async (): Promise<string> => {
    await server.up();
    return `${cluster} answers again: what waits for it is tried within seconds.`;
  };
  return [
    { id: 'down', label: `Stop cluster ${cluster}`, act: down },
    { id: 'up', label: `Start cluster ${cluster}`, act: up },
  ];
}

/** The dashboard over the local stack, with buttons to play with. Opens a browser where somebody sits at a terminal. */
export async function startDashboard(stack: Stack, playground: Playground): Promise<Dashboard> {
  const { connectionString } = stack.storage;
  const { stdout, stderr } = process;
  const io = {
    stdin: Readable.from([]),
    stdout,
    stderr,
    interactive: false,
    colour: false,
    env: { REGISTRY: connectionString, AzureWebJobsStorage: connectionString, USER: process.env['USER'] },
    signal: new AbortController().signal,
  };
  const context = { ...CONNECTIONS, openVault: stack.openVault, io, finish: () => {} };
  const server = await serveDashboard({ port: 0 }, context, { actions: actionsOf(stack, playground) });
  if (stdout.isTTY) await openBrowser(server.address);
  return server;
}
