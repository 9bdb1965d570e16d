import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
// Loaded when they are first needed, which takes no time of a test's own clock.
import '../../shared/certificate/pfx.ts';
import '../../shared/render/certificates.ts';
import '../../shared/render/formats/yaml.ts';
import '../../shared/render/template.ts';
import type { Captured } from '../stack/leaks.ts';
import { reconcileNow } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';
import { leaksOf } from './remains.ts';

/** A value may hide in a name inside of a value: of a property, a variable, a label, a tag, a registry. None of them may leave. */

const NAME = 'app-1--pg';
const { signal } = new AbortController();
const explicit = (data: object): Record<string, unknown> => ({ layout: 'explicit', name: 'pg', data });
const taken = (more: object): Record<string, unknown> => explicit({ k: { secret: NAME, ...more } });
const certificate = explicit({ k: { certificate: NAME, part: 'chain' } });
const template = (text: string): Record<string, unknown> =>
  explicit({ k: { template: text, secrets: { x: NAME } } });
const flat = (more: object): Record<string, unknown> => ({ layout: 'flat', ...more });
const dockerJson = 'kubernetes.io/dockerconfigjson';

/** What the name stands in, the route that meets it, and whether anything is delivered all the same. */
const PLACES: readonly [string, Record<string, unknown>, (name: string) => string][] = [
  ['a JSON property that is no key', flat({ json: 'expand' }), (name) => JSON.stringify({ [`${name}/`]: 1 })],
  [
    'JSON properties that become one key',
    flat({ json: 'expand', keyCase: 'UPPER_SNAKE' }),
    (name) => JSON.stringify({ [`${name}_a`]: 1, [`${name}-a`]: 2 }),
  ],
  ['a JSON property beside the one that is missing', taken({ property: 'p' }), (name) => `{"${name}":1}`],
  ['a JSON property before an error', taken({ property: 'p' }), (name) => `{"${name}":,}`],
  ['a YAML property twice', taken({ property: 'p', format: 'yaml' }), (name) => `${name}: 1\n${name}: 2\n`],
  ['a YAML tag', taken({ property: 'p', format: 'yaml' }), (name) => `p: !${name} 1\n`],
  ['a YAML alias', taken({ property: 'p', format: 'yaml' }), (name) => `p: *${name}\n`],
  ['a YAML directive', taken({ property: 'p', format: 'yaml' }), (name) => `%${name} x\n---\np: [\n`],
  ['a variable of .env', flat({ json: 'expand', format: 'env' }), (name) => `${name}/=1\n`],
  ['a line of .env without a value', flat({ json: 'expand', format: 'env' }), (name) => `${name}\n`],
  ['a Java property', flat({ json: 'expand', format: 'properties' }), (name) => `${name}\\u00zz=1\n`],
  ['a PEM label', certificate, (name) => `-----BEGIN ${name}-----\nAAAA\n-----END ${name}-----\n`],
  ['a PEM label that nothing ends', certificate, (name) => `-----BEGIN ${name}-----\nAAAA\n`],
  [
    'a header of an encrypted key',
    certificate,
    (name) =>
      `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: ${name},00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n`,
  ],
  ['a registry', flat({ type: dockerJson }), (name) => `{"auths":{"${name}":{"auth":"!"}}}`],
  ['a registry without a login', flat({ type: dockerJson }), (name) => `{"auths":{"${name}":{}}}`],
  ['a user name', flat({ type: 'kubernetes.io/basic-auth' }), (name) => `${name}=u\npassword: x\n`],
  [
    'a property that a template reads',
    template('{% assign y = x | from_json %}{{ y.p }}'),
    (name) => `{"${name}":1}`,
  ],
  ['a text that a template parses', template('{{ x | from_json }}'), (name) => `{"${name}"`],
  ['a text that a template decodes', template('{{ x | base64_decode }}'), (name) => `${name}!`],
];

/** Everything that left the app. */
async function captured({ ports }: World): Promise<Captured[]> {
  const rows = await Promise.all(['weu-1', '-'].map((partition) => ports.status.targets(partition, signal)));
  const runs = await ports.status.runs('weu-1', signal);
  const waiting = (['push', 'reconcile'] as const).flatMap((queue) => ports.queue.waiting(queue));
  return [
    ...ports.log.lines.map((text) => ({ where: 'a log line', text })),
    ...[...rows.flat(), ...runs].map((row) => ({ where: 'a row', text: JSON.stringify(row) })),
    ...waiting.map((message) => ({ where: 'a message', text: JSON.stringify(message) })),
  ];
}

describe('a value that hides in the name of', () => {
  it.each(PLACES)('%s is in no line, row or message, by event and by run', async (_what, spec, around) => {
    const secret = `Canary${randomBytes(12).toString('hex')}`;
    const world = createWorld({ routes: { 'app-1': spec } });
    world.set(NAME, around(secret), { contentType: 'text/plain' });
    await world.event(NAME);
    await reconcileNow(world);

    expect(world.ports.log.outcomes.map(({ code }) => code)).toContain('RENDER_REFUSED');
    const left = await captured(world);
    expect(left.length).toBeGreaterThan(2);
    expect(leaksOf(left, [secret])).toEqual([]);
    expect(leaksOf([{ where: 'here', text: `it is ${secret}` }], [secret])).not.toEqual([]);
  });
});
