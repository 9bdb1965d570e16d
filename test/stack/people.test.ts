import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../cli/run.ts';
import { environmentOf } from '../local/playground/environment.ts';
import { guideTo } from '../local/playground/guide.ts';
import { startPeople } from '../local/playground/people.ts';
import type { PeopleServer } from '../local/playground/people.ts';
import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import { applyTenancy } from '../local/stack/tenancy.ts';

let stack: Stack;
let people: PeopleServer;

beforeAll(async () => {
  stack = await startStack({ clusters: ['weu-1'] });
  await applyTenancy(stack);
  people = await startPeople(stack);
});
afterAll(async () => {
  await people.stop();
  await stack.stop();
});

const ask = (method: string, path: string, body?: string) =>
  fetch(`${people.url}${path}`, { method, ...(body !== undefined && { body }) });

describe('the local stack, by curl', () => {
  it('takes a rotation and shows where it arrived', async () => {
    const rotated = await ask('PUT', '/secrets/app-1--pg--password', 'by curl');
    expect(await rotated.json()).toMatchObject({ answer: 202 });

    const secrets = await (await ask('GET', '/clusters/weu-1')).json();
    expect(secrets).toEqual([expect.objectContaining({ secret: 'app-1/pg', data: { password: 'by curl' } })]);
  });

  it('lets a namespace accept secrets', async () => {
    const path = '/clusters/weu-1/namespaces/app-3/accept';
    expect(await (await ask('PUT', path, 'app-3--')).json()).toBe('app-3 of weu-1 accepts app-3--');
    await ask('PUT', '/secrets/app-3--pg--password', 'accepted');

    const secrets = await (await ask('GET', '/clusters/weu-1')).json();
    expect(secrets).toContainEqual(
      expect.objectContaining({ secret: 'app-3/pg', data: { password: 'accepted' } }),
    );
  });

  it('lets a cluster go down and come back', async () => {
    await ask('POST', '/clusters/weu-1/down');
    await expect(fetch(`http://127.0.0.1:${stack.cluster('weu-1').server.port}`)).rejects.toThrow(
      'fetch failed',
    );

    expect((await ask('POST', '/clusters/weu-1/up')).status).toBe(200);
  });

  it.each([
    ['GET', '/clusters/other', 400],
    ['POST', '/clusters/other/down', 400],
    ['PUT', '/secrets/a_b', 404],
    ['GET', '/', 404],
    ['PUT', '/clusters/weu-1/namespaces/other/accept', 400],
  ])('says what is wrong with %s %s', async (method, path, status) => {
    const response = await ask(method, path, method === 'GET' ? undefined : '');

    expect(response.status).toBe(status);
    expect(await response.json()).toMatch(/other|PUT \/secrets/);
  });
});

describe('the guide of npm run local', () => {
  it('names commands that work as they stand there, in that order', async () => {
    const steps = guideTo(stack, people.url).flatMap(([, ...commands]) => commands);
    const { REGISTRY, AzureWebJobsStorage } = environmentOf(stack, people.url, 'ca.pem');
    const env = { REGISTRY, AzureWebJobsStorage };
    // What needs a shell is typed into one by first-hour.test.ts.
    const typed = steps.filter((step) => step.startsWith('npx vaultcast ') && !step.includes('local.yaml'));
    await ask('PUT', '/secrets/app-1--postgres972--connectionstring', 'Host=pg;Password=1');

    expect(steps).toContain('. ./local.env');
    for (const step of typed) {
      const ran = await run(step.split(' ').slice(2), { real: true, env });
      // A check finds what the guide says of these clusters; that something differs is an answer, too.
      const codes = step.startsWith('npx vaultcast check') ? [1] : [0, 2];
      expect({ step, codes, ...ran }).toMatchObject({ code: expect.toBeOneOf(codes) });
    }
    expect(typed.length).toBeGreaterThan(5);
  });
});
