import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { serveDashboard } from '../../../shared/cli/dashboard/serve.ts';
import type { Views } from '../../../shared/cli/dashboard/views.ts';
import { CONNECTIONS } from '../../../shared/cli/connect/open.ts';
import { createFakeKeyVault } from '../../support/fakes/key-vault.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { createFakeStatus } from '../../support/fakes/status.ts';

export interface Heard {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Wish {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** As any program on this machine may ask, whatever it says of itself. */
export function ask(url: URL, { method = 'GET', headers = {}, body = '' }: Wish = {}): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      text(response).then(
        (heard) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: heard }),
        reject,
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

export interface Visit {
  /** As the command prints it. */
  address: URL;
  /** Of the page, once it was entered. */
  page: URL;
  cookie: string;
  /** With the session's cookie; the path is below the page's. */
  get(path: string, headers?: Record<string, string>): Promise<Heard>;
  /** A view as a document; the path is its name, and what is asked of it. */
  view<Name extends keyof Views>(path: Name | `${Name}?${string}`): Promise<Views[Name]>;
  /** As the page itself asks for a change. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Heard>;
  stop: () => Promise<void>;
}

const stdio = { stdin: Readable.from([]), stdout: process.stdout, stderr: process.stderr };

type Extras = NonNullable<Parameters<typeof serveDashboard>[2]>;

export interface Served extends Pick<Extras, 'actions'> {
  connections: Partial<typeof CONNECTIONS>;
  assets: URL;
  env?: Record<string, string>;
}

/** For who asks about the door alone: nothing in the tables or the vault, and a button that says so when it was pressed. */
export function emptyHouse(assets: URL, acted: string[]): Served {
  const act = async () => String(acted.push('acted'));
  return {
    assets,
    actions: [{ id: 'play', label: 'Play', act }],
    env: { REGISTRY: 'UseDevelopmentStorage=true' },
    connections: {
      openRegistry: async () => fakeRegistry(),
      openStatus: async () => createFakeStatus(),
      openVault: async () => createFakeKeyVault({ vaults: ['team'] }),
    },
  };
}

/** What a command gets that opens these, and prints into this process. */
export function contextOf(connections: Partial<typeof CONNECTIONS>, env: Record<string, string> = {}) {
  const io = { ...stdio, interactive: false, colour: false, env, signal: new AbortController().signal };
  return { ...CONNECTIONS, ...connections, io, finish: () => {} };
}

/** A dashboard in this process, not entered yet. */
export function serve({ connections, assets, env = {}, actions = [] }: Served) {
  return serveDashboard({ port: 0 }, contextOf(connections, env), { actions, assets });
}

/** A dashboard, and somebody who opened its address. */
export async function visit(served: Served): Promise<Visit> {
  const { address, stop } = await serve(served);
  const entered = await ask(new URL(address));
  const cookie = String(entered.headers['set-cookie']?.[0]).split(';')[0] ?? '';
  const page = new URL(/url=([^"]+)"/.exec(entered.body)?.[1] ?? '', address);
  const get: Visit['get'] = (path, headers = {}) =>
    ask(new URL(path, page), { headers: { cookie, ...headers } });
  return {
    address: new URL(address),
    page,
    cookie,
    get,
    view: async <Name extends keyof Views>(path: Name | `${Name}?${string}`) =>
      JSON.parse((await get(`api/${path}`)).body) as Views[Name],
    post: (path, body, headers = {}) =>
      ask(new URL(path, page), {
        method: 'POST',
        body: JSON.stringify(body),
        headers: {
          cookie,
          origin: page.origin,
          'content-type': 'application/json',
          'x-vaultcast': 'dashboard',
          ...headers,
        },
      }),
    stop,
  };
}
