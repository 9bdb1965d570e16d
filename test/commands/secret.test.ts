import { describe, expect, it } from 'vitest';
import { systemClock } from '../../shared/adapters/clock.ts';
import { secretOf } from '../../shared/commands/secret.ts';
import { OUTPUT_KINDS } from '../../shared/output/json-schema.ts';
import { aRow, V1 } from '../cli/rows.ts';
import { anyway } from '../support/anyway.ts';
import { stored, writtenCluster, writtenRoute } from '../support/documents.ts';
import { fakeRegistry } from '../support/fakes/registry.ts';
import { createFakeStatus } from '../support/fakes/status.ts';

const signal = new AbortController().signal;

async function ask(word: string) {
  const status = createFakeStatus();
  const message = 'secret app-1--pg--other is not accepted';
  const deliveries = JSON.stringify([
    { at: 1_795_000_020_000, secret: 'app-1--pg--other', version: V1, ms: 1000 },
    { at: 1_795_000_012_000, secret: 'app-1--pg--password', version: V1, ms: 12_000 },
  ]);
  const rows = [
    aRow({ message, deliveries, expires: JSON.stringify({ 'app-1--pg--password': 1_800_000_000 }) }),
    aRow({ cluster: 'neu-1', state: 'refused', code: 'NOT_ACCEPTED', message }),
  ];
  await status.saveTargets(anyway(rows), signal);
  const written = [
    writtenCluster(),
    writtenCluster('neu-1'),
    writtenRoute(),
    writtenRoute('app-1-too', { vault: 'other', prefix: 'app-7--' }),
    writtenRoute('app-7', { prefix: 'app-7--', namespaces: ['app-7'] }),
  ];
  return secretOf({ registry: fakeRegistry(...written.map(stored)), status, clock: systemClock }, word);
}

describe('the answer of /api/status?secret=', () => {
  it('says where the secret is and in which version, and satisfies its schema', async () => {
    const found = await ask('APP-1--pg--password');

    expect(OUTPUT_KINDS.SecretStatus.parse(found)).toEqual(found);
    expect(found).toMatchObject({
      metadata: { vault: 'team', name: 'app-1--pg--password' },
      status: {
        counts: { refused: 1, synced: 1 },
        targets: [
          { metadata: { cluster: 'neu-1' }, status: { state: 'refused', reason: 'NOT_ACCEPTED' } },
          { metadata: { cluster: 'weu-1' }, status: { state: 'synced', version: V1, stands: 'yes' } },
        ],
      },
    });
  });

  it('says when its versions came and when what stands there expires', async () => {
    const found = await ask('app-1--pg--password');

    expect(found?.status.targets[1]?.status).toMatchObject({
      deliveries: [
        { at: '2026-11-18T11:06:52.000Z', secret: 'app-1--pg--password', version: V1, ms: 12_000 },
      ],
      expires: '2027-01-15T08:00:00.000Z',
    });
    expect(found?.status.targets[0]?.status).not.toHaveProperty('deliveries');
  });

  it('gives names and states only: no message, no key and no other secret', async () => {
    const text = JSON.stringify(await ask('team/app-1--pg--password'));

    expect(text).not.toMatch(/is not accepted|app-1--pg--other|event-1|uid-1|"key"/);
  });

  it.each(['a/b/c', '../x', 'app-7--x', 'app-9--x', ''])(
    'is none for %j, which names no secret',
    async (word) => {
      expect(await ask(word)).toBeUndefined();
    },
  );
});
