import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plain } from './deferred.ts';
import { deploy } from './deployment.ts';

/** Templates of commit a2ef93b, and what Azure's own evaluator (`bicep snapshot` 0.49.2) makes of them. */
const FIXTURE = join(import.meta.dirname, 'a2ef93b');
const SUBSCRIPTION = '11111111-1111-1111-1111-111111111111';

interface Evaluated {
  parameters: Record<string, unknown>;
  outputs: Record<string, unknown>;
  appSettings: Record<string, unknown>;
  functionApp: Record<string, unknown>;
  resources: [string, string][];
}

const cases = readdirSync(join(FIXTURE, 'evaluated')).map((name) => ({
  name,
  evaluated: JSON.parse(readFileSync(join(FIXTURE, 'evaluated', name), 'utf8')) as Evaluated,
}));

it('sees every set of parameters that was evaluated', () => {
  expect(cases).toHaveLength(5);
});

describe.each(cases)('the reader on the templates of a2ef93b, $name', ({ evaluated }) => {
  const { resources, outputs } = deploy(join(FIXTURE, 'main.bicep'), evaluated.parameters, {
    subscription: SUBSCRIPTION,
  });
  const propertiesOf = (type: string): unknown =>
    plain(resources.find((resource) => resource.type === type)?.body['properties']);

  it('gives the same outputs', () => {
    expect(plain(outputs)).toEqual(evaluated.outputs);
  });

  it('gives the same app settings and function app', () => {
    expect(propertiesOf('Microsoft.Web/sites/config')).toEqual(evaluated.appSettings);
    expect(propertiesOf('Microsoft.Web/sites')).toEqual(evaluated.functionApp);
  });

  it('gives the same resources under the same names', () => {
    const named = resources.map(({ type, name }) => JSON.stringify([type, plain(name)]));
    expect(named.toSorted()).toEqual(evaluated.resources.map((one) => JSON.stringify(one)).toSorted());
  });
});
