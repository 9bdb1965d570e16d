import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OUTPUT_KINDS } from '../../shared/output/json-schema.ts';
import type { RunningHost } from '../local/functions-host/client.ts';
import { eventually } from '../local/stack/eventually.ts';
import { startStack, type Stack } from '../local/stack/start.ts';
import { applyTenancy } from '../local/stack/tenancy.ts';

const GROUP = '99999999-aaaa-bbbb-cccc-dddddddddddd';
const SECRET = 'app-1--pg--password';

let stack: Stack;
let open: RunningHost;
let closed: RunningHost;
let unguarded: RunningHost;

beforeAll(async () => {
  stack = await startStack({
    clusters: ['weu-1'],
    env: { OWNERS_GROUP: GROUP, WEBSITE_AUTH_ENABLED: 'True' },
  });
  await applyTenancy(stack);
  await stack.rotate(SECRET, 'a value');
  [open] = stack.hosts as [RunningHost];
  closed = await stack.addHost({ OWNERS_GROUP: '' });
  unguarded = await stack.addHost({ WEBSITE_AUTH_ENABLED: '' });
}, 180_000);
afterAll(() => stack.stop());

/** As App Service authentication tells the app who calls. */
const signedIn = (...groups: string[]): Record<string, string> => {
  const claims = groups.map((val) => ({ typ: 'groups', val }));
  const caller = { auth_typ: 'aad', claims, name_typ: 'name', role_typ: 'roles' };
  return { 'x-ms-client-principal': Buffer.from(JSON.stringify(caller)).toString('base64') };
};

const ask = (
  host: RunningHost,
  headers: Record<string, string>,
  query = `?secret=${SECRET}`,
): Promise<Response> => host.http(`/api/owners/status${query}`, { headers });

describe('the owner of a secret, signed in by the platform', () => {
  it('is told where it is, in names and states only, without any key', async () => {
    const found = await eventually(async () => {
      const answer = await ask(open, signedIn(GROUP));
      const document = OUTPUT_KINDS.SecretStatus.parse(await answer.json()) as {
        status: { targets: { status: { state: string } }[] };
      };
      return document.status.targets[0]?.status.state === 'synced' ? document : undefined;
    });
    expect(found).toMatchObject({
      metadata: { name: SECRET },
      status: { targets: [{ metadata: { cluster: 'weu-1' }, status: { keys: [], sources: [] } }] },
    });
    expect(JSON.stringify(found)).not.toMatch(/"message":"the Secret|a value/);
  });

  it.each(['', '?secret=', '?secret=a/b/c', '?secret=../x'])(
    'is told that %j asks for no secret',
    async (query) => {
      expect((await ask(open, signedIn(GROUP), query)).status).toBe(400);
    },
  );

  it('gets nothing as a member of other groups, nor without a sign-in', async () => {
    expect((await ask(open, signedIn('88888888-aaaa-bbbb-cccc-dddddddddddd'))).status).toBe(403);
    expect((await ask(open, {})).status).toBe(401);
    expect((await ask(open, { 'x-ms-client-principal-id': GROUP })).status).toBe(401);
  });

  it('gets nothing else of the app: its other answers take keys', async () => {
    for (const path of ['/api/status', `/api/status?secret=${SECRET}`, '/api/metrics'])
      expect((await open.http(path, { headers: signedIn(GROUP) })).status).toBe(401);
  });
});

describe('the door is closed, whatever header comes,', () => {
  it('where no group is set', async () => {
    expect((await ask(closed, signedIn(GROUP))).status).toBe(404);
  });

  it('where the platform signs nobody in, and the app says why', async () => {
    expect((await ask(unguarded, signedIn(GROUP))).status).toBe(404);
    const said = await eventually(() => unguarded.lines.find((line) => line.includes('OWNERS_GROUP is set')));
    expect(said).toContain('SETTING_WARNING');
  });
});
