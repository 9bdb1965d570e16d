import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { bicepFiles, INFRA } from './bicep/file.ts';
import { appSettings, deployMain } from './deployed.ts';
import { headingsOf, localLinks } from './markdown.ts';

const documents = readdirSync(INFRA, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.md'),
);

it('sees the documents', () => {
  expect(documents).toEqual(
    expect.arrayContaining(['README.md', 'costs.md', 'networks.md', 'security.md', 'terraform/README.md']),
  );
});

it.each(documents)('%s links only to files and headings that exist', (name) => {
  const text = readFileSync(join(INFRA, name), 'utf8');
  const broken = localLinks(text).filter((link) => {
    const [path = '', anchor] = link.split('#');
    const file = path === '' ? join(INFRA, name) : join(dirname(join(INFRA, name)), path);
    if (!existsSync(file)) return true;
    const anchors = anchor === undefined ? [] : headingsOf(readFileSync(file, 'utf8'));
    return anchor !== undefined && !anchors.some((heading) => heading.anchor === anchor);
  });
  expect(broken).toEqual([]);
});

it('every query is linked from the runbook, or used by an alert or the workbook', () => {
  const linked = localLinks(readFileSync(join(INFRA, 'runbook.md'), 'utf8'));
  const alerts = ['alerts', 'workbook']
    .map((name) => readFileSync(join(INFRA, `modules/${name}.bicep`), 'utf8'))
    .join('\n');
  const queries = readdirSync(join(INFRA, 'kql'));
  expect(
    queries.filter((name) => !linked.includes(`kql/${name}`) && !alerts.includes(`/kql/${name}'`)),
  ).toEqual([]);
});

it('the deployment guide explains every parameter and every alert', async () => {
  const guide = readFileSync(join(INFRA, 'README.md'), 'utf8');
  const files = await bicepFiles();
  const named = (path: string): string => files.find((file) => file.path === path)?.text ?? '';
  const parameters = files.find((file) => file.path === 'main.bicep')?.params.keys() ?? [];
  const alerts = [...named('modules/alerts.bicep').matchAll(/\{\n {4}name: '([\w-]+)'/g)].map(
    ([, name]) => name,
  );
  const thresholds = /var alertDefaults = \{([^}]*)\}/.exec(named('main.bicep'))?.[1];
  const fields = [...(thresholds ?? '').matchAll(/(\w+):/g)].map(([, name]) => name);
  expect(alerts).toHaveLength(16);
  expect(fields.length).toBeGreaterThan(5);
  const wanted = [...parameters, ...alerts, ...fields].filter((name) => name !== undefined);
  expect(wanted.filter((name) => !guide.includes(name))).toEqual([]);
});

it('the security document names every role that is assigned', () => {
  const text = readFileSync(join(INFRA, 'security.md'), 'utf8');
  const roles = JSON.parse(readFileSync(join(INFRA, 'roles.json'), 'utf8')) as Record<
    string,
    { name: string }
  >;
  expect(Object.values(roles).filter(({ name }) => !text.includes(name))).toEqual([]);
});

it('the deployment guide names every setting of the function app beside the parameter that gives it', () => {
  const guide = readFileSync(join(INFRA, 'README.md'), 'utf8');
  const platform = /^(?:REGISTRY__|AzureWebJobsStorage__|APPLICATIONINSIGHTS_|AZURE_CLIENT_ID$)/;
  const named = Object.keys(appSettings(deployMain())).filter((name) => !platform.test(name));
  expect(named.length).toBeGreaterThan(7);
  expect(named.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
});
