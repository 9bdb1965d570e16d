import { afterEach, expect, it, vi } from 'vitest';
import { inInvocation } from '../../shared/app.ts';
import { anEnvironment } from '../support/environment.ts';

afterEach(() => vi.unstubAllEnvs());

it('an empty key beside identity settings is a warning that no alert hears, and is said once', async () => {
  const AzureWebJobsStorage = 'DefaultEndpointsProtocol=https;AccountName=vaultcasthost;AccountKey=';
  for (const [name, value] of Object.entries(anEnvironment({ AzureWebJobsStorage }))) vi.stubEnv(name, value);
  const lines: string[] = [];
  const sink = (line: string): void => void lines.push(line);
  const context = { info: sink, warn: sink, error: sink };
  const instance = await inInvocation(context, async ({ config }) => config.instance);
  await inInvocation(context, async () => undefined);
  expect(instance).toBe('vaultcast-prod');
  const said = lines.map((line) => JSON.parse(line) as { code: string; message: string });
  expect(said.filter(({ code }) => code !== 'APP_STARTED')).toMatchObject([
    {
      code: 'SETTING_WARNING',
      message:
        'AzureWebJobsStorage has an empty key beside AzureWebJobsStorage__… and is ignored: take it out of the app',
    },
  ]);
});
