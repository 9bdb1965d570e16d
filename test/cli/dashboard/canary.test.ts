import { afterAll, beforeAll, expect, it } from 'vitest';
import { acknowledged } from '../../../shared/status/acknowledgement.ts';
import { writtenCluster, writtenRoute } from '../../support/documents.ts';
import { spellings } from '../../stack/leaks.ts';
import { aRun } from '../app.ts';
import { aRow } from '../rows.ts';
import { aBuiltPage } from './page-folder.ts';
import { visit, type Visit } from './visit.ts';
import { appRun, aWorld } from './world.ts';

const NAME = 'app-1--pg--password';
/** Long, and with characters that encodings change. */
const canary = (word: string): string => `${word}"7Kq\\ö/&=+% <${word}>zX9`;
const PLANTED = {
  'the latest value': canary('latest'),
  'an older value': canary('older'),
  'a tag': canary('tag'),
  'a content type': canary('content'),
  'the key of the registry': 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE=',
};
const WRITTEN = '<img src=x onerror=alert(1)>';
/** Turns what follows around, and has a part that is not seen. */
const UNSEEN = 'pay\u202etxt\u200b\u2066';

let page: Awaited<ReturnType<typeof aBuiltPage>>;
let here: Visit;

beforeAll(async () => {
  page = await aBuiltPage();
  const row = aRow({ message: WRITTEN, state: 'refused', code: 'SECRET_INVALID', cause: WRITTEN });
  const rows = [
    acknowledged(row, { by: WRITTEN, at: 1, reason: WRITTEN }),
    aRow({ id: `app-1:${WRITTEN}`, route: WRITTEN }),
    aRow({ id: `app-1:${UNSEEN}`, state: 'failed', code: 'RENDER_REFUSED', message: UNSEEN, route: UNSEEN }),
  ];
  const runs = [aRun({ lines: [WRITTEN, UNSEEN], by: UNSEEN, counts: { [UNSEEN]: 1 } }), appRun(aRun())];
  const world = await aWorld({ documents: [writtenCluster(), writtenRoute()], rows, runs });
  const { people } = world.vault;
  people.set('team', NAME, PLANTED['an older value'], { contentType: PLANTED['a content type'] });
  people.set('team', NAME, PLANTED['the latest value'], { tags: { owner: PLANTED['a tag'] } });
  here = await visit({
    connections: world.connections,
    assets: page.folder,
    env: {
      REGISTRY: `DefaultEndpointsProtocol=https;AccountName=myregistry;AccountKey=${PLANTED['the key of the registry']}`,
      AzureWebJobsStorage: `UseDevelopmentStorage=true`,
    },
  });
});
afterAll(async () => {
  await here.stop();
  await page.remove();
});

const VIEWS = [
  'session',
  'fleet',
  'targets',
  'secrets',
  `secret?vault=team&name=${NAME}`,
  'problems',
  'runs',
  'run?name=20261121T101500Z-3fa9c1aa',
  'expiry',
  'routes',
];

it('no answer holds a value, a tag, a content type or a key, in any spelling', async () => {
  const answers = await Promise.all(VIEWS.map((path) => here.get(`api/${path}`)));
  const refusals = await Promise.all([
    here.get('api/secret?vault=team&name=%00'),
    here.get('api/nothing'),
    here.post('api/acknowledge', { problem: 'x', reason: '' }),
  ]);

  expect(answers.map(({ status }) => status)).toEqual(VIEWS.map(() => 200));
  expect(answers.find(({ body }) => body.includes('"versions":[{'))).toBeDefined();
  for (const { body, headers } of [...answers, ...refusals]) {
    const said = body + JSON.stringify(headers);
    for (const [what, value] of Object.entries(PLANTED))
      for (const [spelling, text] of Object.entries(spellings(value)))
        expect(said.includes(text) ? `${what} as ${spelling}` : '').toBe('');
  }
});

it('what somebody wrote into names, messages and notes is told as text that no browser takes for a page', async () => {
  const answers = await Promise.all(VIEWS.map((path) => here.get(`api/${path}`)));
  const telling = answers.filter(({ body }) => body.includes(JSON.stringify(WRITTEN).slice(1, -1)));

  expect(telling.length).toBeGreaterThan(3);
  for (const { headers } of telling)
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
});

it('what somebody wrote that is not seen, or turns text around, is told as a question mark, and known by that', async () => {
  const answers = await Promise.all(VIEWS.map((path) => here.get(`api/${path}`)));
  const texts: string[] = [];
  for (const { body } of answers)
    JSON.parse(body, (field, value: unknown) => {
      texts.push(field, ...(typeof value === 'string' ? [value] : []));
      return value;
    });
  const reason = JSON.stringify({ problem: 'target:weu-1:app-1:pay?txt??', reason: UNSEEN });

  expect(texts.filter((one) => one.includes('pay?txt??')).length).toBeGreaterThan(5);
  expect(texts.filter((one) => /\p{C}/u.test(one))).toEqual([]);
  expect((await here.post('api/acknowledge', JSON.parse(reason))).status).toBe(202);
});
