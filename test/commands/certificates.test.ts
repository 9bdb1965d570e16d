import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// Loaded when it is first needed, which takes no time of a test's own clock.
import '../../shared/render/identity.ts';
import { onReconcileMessage } from '../../shared/commands/orders.ts';
import { newRunId } from '../../shared/status/run.ts';
import { type Issued, type Openssl, openOpenssl } from '../render/authority.ts';
import { createWorld, finish, type World } from '../support/world.ts';

const NAME = 'app-1--web';
const PEM = 'application/x-pem-file';
const never = new AbortController().signal;

let openssl: Openssl;
let leaf: Issued;
beforeAll(() => {
  openssl = openOpenssl();
  leaf = openssl.issue({ name: 'leaf' });
});
afterAll(() => openssl.close());

function worldOf(part: string, clusters?: object): World {
  const data = { it: { certificate: NAME, part } };
  return createWorld({ routes: { 'app-1': { layout: 'explicit', name: 'web', data, ...clusters } } });
}

/** What `vaultcast check` says of certificates. */
async function said(world: World): Promise<string[]> {
  const { ports, settings } = world;
  const message = { kind: 'check', run: newRunId(ports.clock.now()), clusters: ['weu-1'] };
  await finish(ports.clock, onReconcileMessage(message, ports, settings));
  const [row] = await ports.status.runs('weu-1', never);
  return (row?.lines ?? []).filter((line) => line.includes(' certificates: '));
}

const beside = () => ({
  contentType: PEM,
  certificate: new X509Certificate(leaf.cert).raw.toString('base64'),
});

describe('the right to read certificates, which a check looks at where a route needs it', () => {
  it('is missed by name, with the command that gives it', async () => {
    const world = worldOf('chain');
    world.set(NAME, '', beside());
    world.ports.vault.people.forbid('team', 'certificates');
    const [line, ...more] = await said(world);
    expect(more).toEqual([]);
    expect(line).toMatch(
      /^FAIL certificates: .*certificate app-1--web.* \(VAULT_FORBIDDEN\): route app-1 takes/,
    );
    expect(line).toMatch(/ -> az role assignment create --role "Key Vault Certificate User" /);
    expect(line).toContain('certificates: true');
  });

  it('is there, and it is said of what it was needed for', async () => {
    const world = worldOf('chain');
    world.set(NAME, '', beside());
    expect(await said(world)).toEqual(['OK certificates: reads the public part of app-1--web in vault team']);
    expect(world.valueReads(NAME)).toBe(1);
  });

  it('is not needed while the secret holds its chain, and nobody asks for it', async () => {
    const world = worldOf('chain');
    world.set(NAME, leaf.cert, beside());
    world.ports.vault.people.forbid('team', 'certificates');
    expect(await said(world)).toEqual(['OK certificates: reads the public part of app-1--web in vault team']);
    expect(world.ports.vault.log.filter((call) => call.startsWith('vault.certificate'))).toEqual([]);
  });

  it('is another than that of the secret itself, which is missed with its own command', async () => {
    const world = worldOf('ca');
    world.set(NAME, '', beside());
    world.ports.vault.people.forbid('team', 'rbac');
    const [line] = await said(world);
    expect(line).toMatch(
      /^FAIL certificates: .* -> az role assignment create --role "Key Vault Secrets User" /,
    );
  });

  it.each([
    ['a route that takes the private key', () => worldOf('key')],
    ['a route to other clusters', () => worldOf('chain', { clusters: { names: ['neu-1'] } })],
    ['a route that is paused', () => worldOf('chain', { paused: true })],
  ])('is no matter of %s', async (_, world) => {
    const here = world();
    here.set(NAME, '', beside());
    here.ports.vault.people.forbid('team', 'certificates');
    expect(await said(here)).toEqual([]);
    expect(here.ports.vault.log).toEqual([]);
  });

  it('is not proven by a vault that does not answer', async () => {
    const world = worldOf('chain');
    world.set(NAME, '', beside());
    world.ports.vault.fail({ code: 'VAULT_UNAVAILABLE' });
    const [line] = await said(world);
    expect(line).toMatch(/^WARN certificates: .* \(VAULT_UNAVAILABLE\): .* -> run the check again$/);
  });
});
