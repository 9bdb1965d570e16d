import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../cli/run.ts';
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
  ])('says what is wrong with %s %s', async (method, path, status) => {
    const response = await ask(method, path, method === 'GET' ? undefined : '');

    expect(response.status).toBe(status);
    expect(await response.json()).toMatch(/other|PUT \/secrets/);
  });
});

describe('the guide of npm run local', () => {
  it('names commands that work as they stand there, in that order', async () => {
    const steps = guideTo(stack, people.url).flatMap(([, ...commands]) => commands);
    const { connectionString } = stack.storage;
    const env = { REGISTRY: connectionString, AzureWebJobsStorage: connectionString };
    const typed = steps.filter((step) => step.startsWith('npx vaultcast '));
    await ask('PUT', '/secrets/app-1--postgres972--connectionstring', 'Host=pg;Password=1');

    expect(steps).toContain(`export REGISTRY='${connectionString}'`);
    expect(steps).toContain('export AzureWebJobsStorage="$REGISTRY"');
    for (const step of typed) {
      const ran = await run(step.split(' ').slice(2), { real: true, env });
      // A check finds what the guide says of these clusters; that something differs is an answer, too.
      const codes = step.startsWith('npx vaultcast check') ? [1] : [0, 2];
      expect({ step, codes, ...ran }).toMatchObject({ code: expect.toBeOneOf(codes) });
    }
    expect(typed.length).toBeGreaterThan(5);
  });
});
