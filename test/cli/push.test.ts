import { describe, expect, it } from 'vitest';
import { stored, writtenCluster, writtenRoute } from '../support/documents.ts';
import { fakeRegistry } from '../support/fakes/registry.ts';
import { appDoing } from './app.ts';
import { run } from './run.ts';

const aRegistry = () =>
  fakeRegistry(
    stored(writtenCluster()),
    stored(writtenRoute()),
    stored(writtenRoute('app-2', { vault: 'other' })),
  );
const delivered = () => ({
  kind: 'push' as const,
  counts: { DELIVERED: 1 },
  lines: ['DELIVERED weu-1/app-1/pg: ok'],
});

describe('vaultcast push', () => {
  it('asks the app to push the secret in the vault of its route', async () => {
    const app = appDoing(delivered);

    const ran = await run(['push', 'APP-2--pg--password'], { registry: aRegistry(), ...app });

    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('DELIVERED weu-1/app-1/pg: ok') });
    expect(app.sent).toEqual([
      {
        kind: 'push',
        run: expect.any(String),
        vault: 'other',
        secret: 'app-2--pg--password',
        acceptOlder: false,
        removeNow: false,
      },
    ]);
  });

  it('passes --accept-older and --remove-now on to the app', async () => {
    const app = appDoing(delivered);

    await run(['push', 'team/x', '--accept-older', '--remove-now'], { registry: aRegistry(), ...app });

    expect(app.sent).toMatchObject([{ vault: 'team', secret: 'x', acceptOlder: true, removeNow: true }]);
  });

  it('asks for the vault when no route tells it', async () => {
    const ran = await run(['push', 'x'], { registry: aRegistry(), ...appDoing(delivered) });

    expect(ran).toMatchObject({ code: 64, err: expect.stringContaining('Write VAULT/x.') });
  });

  it('exits with 2 when no route wants the secret', async () => {
    const app = appDoing(() => ({
      kind: 'push',
      counts: { NO_ROUTE: 1 },
      lines: ['NO_ROUTE: no route wants it'],
    }));

    expect((await run(['push', 'team/x'], { registry: aRegistry(), ...app })).code).toBe(2);
  });

  it.each(['a b', 'team/x/y', '../x', 'K\u212a', ''])('refuses %j, which is no secret name', async (word) => {
    const ran = await run(['push', word], { registry: aRegistry(), ...appDoing(delivered) });

    expect(ran).toMatchObject({ code: 64, err: expect.stringContaining('is no secret') });
  });
});
