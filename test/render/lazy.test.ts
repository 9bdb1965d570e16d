import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aRoute } from '../support/documents.ts';
import { openOpenssl } from './authority.ts';
import { anExplicitRoute, aVersion } from './builders.ts';

const render = pathToFileURL(join(import.meta.dirname, '../../shared/render/render.ts')).href;

/** Renders in a process of its own and tells which of the heavy libraries it loaded. */
function heavyLibraries(route: object, value: string): string[] {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = new Set();
    registerHooks({ resolve(specifier, context, next) { loaded.add(specifier); return next(specifier, context); } });
    const { render } = await import(${JSON.stringify(render)});
    const { route, version } = JSON.parse(process.argv[1]);
    await render(route, new Map([[version.name, { use: version, state: 'valid' }]]), undefined);
    console.log(JSON.stringify([...loaded].filter((name) => /^(?:liquidjs|node-forge|yaml)/.test(name))));`;
  const input = JSON.stringify({ route, version: aVersion(value) });
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script, input]).toString());
}

describe('rendering', () => {
  it('a plain text secret loads neither template engine nor PKCS#12', () => {
    expect(heavyLibraries(anExplicitRoute({ k: { secret: 'app-1--pg' } }), 'x')).toEqual([]);
    expect(heavyLibraries(anExplicitRoute({ k: { secret: 'app-1--pg', property: 'a' } }), '{"a":1}')).toEqual(
      [],
    );
  });

  it('a certificate in PEM loads nothing that reads PKCS#12', () => {
    const openssl = openOpenssl();
    const { cert, key } = openssl.issue({ name: 'leaf' });
    openssl.close();
    const part = anExplicitRoute({ k: { certificate: 'app-1--pg', part: 'chain' } });
    expect(heavyLibraries(part, cert + key)).toEqual([]);
    const tls = aRoute('app-1', { type: 'kubernetes.io/tls' });
    expect(heavyLibraries(tls, cert + key)).toEqual([]);
  });

  it('YAML loads its parser, and .env and properties load nothing', () => {
    const property = (format: string) =>
      anExplicitRoute({ k: { secret: 'app-1--pg', property: 'a', format } });
    expect(heavyLibraries(property('yaml'), 'a: 1\n')).toEqual(['yaml']);
    expect(heavyLibraries(property('env'), 'a=1\n')).toEqual([]);
    expect(heavyLibraries(property('properties'), 'a=1\n')).toEqual([]);
  });

  it('a template loads its engine', () => {
    const route = anExplicitRoute({ k: { template: '{{ x }}', secrets: { x: 'app-1--pg' } } });
    expect(heavyLibraries(route, 'x')).toEqual(['liquidjs']);
  });
});
