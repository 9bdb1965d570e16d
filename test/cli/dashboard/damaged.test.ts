import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TargetStatus } from '../../../shared/status/target.ts';
import { writtenCluster, writtenRoute } from '../../support/documents.ts';
import { aRow } from '../rows.ts';
import { run } from '../run.ts';
import { aBuiltPage } from './page-folder.ts';
import { visit, type Visit } from './visit.ts';
import { aWorld } from './world.ts';

const NAME = 'app-1--pg--password';
/** A number, and no date. */
const NEVER = Number.MAX_SAFE_INTEGER;

const DAMAGED: readonly [string, Partial<TargetStatus>][] = [
  ['an expiry date beyond all time', { expires: JSON.stringify({ [NAME]: NEVER }) }],
  ['an expiry date that is none', { expires: '{"x":"soon"}' }],
  ['a delivery beyond all time', { deliveries: JSON.stringify([{ at: NEVER, secret: NAME, version: 'v' }]) }],
  [
    'a note that was made beyond all time',
    {
      state: 'failed',
      code: 'RENDER_REFUSED',
      ack: JSON.stringify({ by: 'x', at: NEVER, reason: '', code: 'RENDER_REFUSED', of: '1795000012000' }),
    },
  ],
  ['parts that are none', { parts: '[]' }],
  ['JSON that is none', { expires: '{', deliveries: '{', parts: '{', ack: '{' }],
  ['names that objects have anyway', { parts: '{"__proto__":"missing","constructor":"missing"}' }],
];
const VIEWS = [
  'fleet',
  'targets',
  'secrets',
  `secret?vault=team&name=${NAME}`,
  'problems',
  'expiry',
  'routes',
];

let page: Awaited<ReturnType<typeof aBuiltPage>>;
let here: Visit;

beforeAll(async () => {
  page = await aBuiltPage();
});
afterEach(() => here.stop());
afterAll(() => page.remove());

describe('a row that somebody damaged', () => {
  it.each(DAMAGED)('with %s hides no other, in any view or command', async (_, damage) => {
    const rows = [aRow(damage), aRow({ id: 'app-1:well' })];
    const world = await aWorld({ documents: [writtenCluster(), writtenRoute()], rows });
    here = await visit({
      connections: world.connections,
      assets: page.folder,
      env: { REGISTRY: 'UseDevelopmentStorage=true' },
    });
    const answers = await Promise.all(VIEWS.map((path) => here.get(`api/${path}`)));

    expect(answers.map(({ status }) => status)).toEqual(VIEWS.map(() => 200));
    const { items } = await here.view('targets');
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['pg', 'well']);
    expect(await run(['get', 'targets', '-o', 'json'], world)).toMatchObject({ code: 0, err: '' });
    expect((await run(['explain', NAME, '-o', 'json'], world)).err).toBe('');
  });

  it('beside a vault whose version expires beyond all time is shown, too', async () => {
    const world = await aWorld({ documents: [writtenCluster(), writtenRoute()], rows: [aRow()] });
    world.vault.people.set('team', NAME, 'a value', { exp: NEVER });
    here = await visit({
      connections: world.connections,
      assets: page.folder,
      env: { REGISTRY: 'UseDevelopmentStorage=true' },
    });

    expect((await here.get(`api/secret?vault=team&name=${NAME}`)).status).toBe(200);
  });
});
