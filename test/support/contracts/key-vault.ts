import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VaultcastError } from '../../../shared/errors.ts';
import type { Ports } from '../../../shared/ports.ts';
import type { SourceRead, SourceVersion } from '../../../shared/source/source.ts';

interface SetOptions {
  tags?: Record<string, string>;
  contentType?: string;
  enabled?: boolean;
  /** Unix seconds. */
  nbf?: number | null;
  /** Unix seconds. */
  exp?: number | null;
  /** Unix seconds; default: now. */
  created?: number;
  /** Base64 of DER: what the vault has beside the secret. */
  certificate?: string;
}

/** What people do to a vault, by any means but the port. */
interface VaultPeople {
  /** Returns the new version. */
  set(vault: string, name: string, value: string, options?: SetOptions): string;
  disable(vault: string, name: string, version?: string): void;
  enable(vault: string, name: string, version?: string): void;
  delete(vault: string, name: string): void;
  recover(vault: string, name: string): void;
  purge(vault: string, name: string): void;
  /** Returns the function that ends it. */
  forbid(vault: string, kind: 'rbac' | 'firewall' | 'certificates', name?: string): () => void;
  /** On: a replica answers that stays at this moment. */
  serveStale(vault: string, on: boolean): void;
}

export interface KeyVaultUnderTest {
  vault: Ports['vault'];
  people: VaultPeople;
  stop(): Promise<void>;
}

const [FIRST, SECOND] = rootCertificates.map((pem) => new X509Certificate(pem).raw);
const NAME = 'app-1--pg--password';
const REF = { vault: 'team', name: NAME };
const now = () => Math.floor(Date.now() / 1000);
const signal = () => AbortSignal.timeout(60_000);

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) =>
      error instanceof VaultcastError ? error.code : `${String(error)}, not a VaultcastError`,
  );

function readable(read: SourceRead): SourceVersion {
  if (read.state !== 'readable') throw new Error(`the source is ${read.state}`);
  return read.version;
}

/** What every implementation of the port does; `make` gives the vaults `team` and `other`, both empty. */
export function keyVaultContract(name: string, make: () => Promise<KeyVaultUnderTest>): void {
  describe(`${name} as a Key Vault`, () => {
    let vault: Ports['vault'];
    let people: VaultPeople;
    let underTest: KeyVaultUnderTest;

    beforeEach(async () => {
      underTest = await make();
      ({ vault, people } = underTest);
    });
    afterEach(() => underTest.stop());

    describe('reading a secret', () => {
      it('gives the latest version whole', async () => {
        const created = now() - 3600;
        const expires = now() + 9000;
        const tags = { team: 'a', 'file-encoding': 'utf-8' };
        people.set('team', NAME, 'old', { created: created - 60 });
        const version = people.set('team', NAME, 'new', {
          created,
          tags,
          contentType: 'text/plain',
          nbf: created,
          exp: expires,
        });

        const found = readable(await vault.read(REF, signal()));
        expect(found).toEqual({
          name: NAME,
          version,
          value: 'new',
          enabled: true,
          created,
          updated: created,
          notBefore: created,
          expires,
          contentType: 'text/plain',
          tags,
          readAt: found.readAt,
        });
        expect(Math.abs(found.readAt - now())).toBeLessThan(120);
      });

      it('leaves out the properties that are not set', async () => {
        people.set('team', NAME, 'v');

        const found = readable(await vault.read(REF, signal()));
        expect(Object.keys(found).sort()).toEqual([
          'created',
          'enabled',
          'name',
          'readAt',
          'tags',
          'updated',
          'value',
          'version',
        ]);
        expect(found.tags).toEqual({});
      });

      it.each(['', ' padded \n', 'a\r\nb\0c', '\uFEFFbom', '🔑', 'x'.repeat(25_000)])(
        'does not touch the value %j',
        async (value) => {
          people.set('team', NAME, value);
          expect(readable(await vault.read(REF, signal())).value).toBe(value);
        },
      );

      it('gives the name in lower case, whatever case it was set in', async () => {
        people.set('team', 'App-1--PG--Password', 'v');
        expect(readable(await vault.read(REF, signal())).name).toBe(NAME);
      });

      it('gives versions that are not yet valid or expired: dates are for the caller to judge', async () => {
        people.set('team', NAME, 'early', { nbf: now() + 3600 });
        expect(readable(await vault.read(REF, signal())).value).toBe('early');
        people.set('team', NAME, 'late', { exp: now() - 3600 });
        expect(readable(await vault.read(REF, signal())).value).toBe('late');
      });

      it('says disabled of a disabled latest version, although an older one is enabled', async () => {
        people.set('team', NAME, 'old');
        people.set('team', NAME, 'new');
        people.disable('team', NAME);
        expect(await vault.read(REF, signal())).toEqual({ state: 'disabled' });

        people.enable('team', NAME);
        expect(readable(await vault.read(REF, signal())).value).toBe('new');
      });

      it('says deleted of what never was, was deleted or purged, until it is recovered', async () => {
        expect(await vault.read(REF, signal())).toEqual({ state: 'deleted' });
        people.set('team', NAME, 'v');
        people.delete('team', NAME);
        expect(await vault.read(REF, signal())).toEqual({ state: 'deleted' });
        people.recover('team', NAME);
        expect(readable(await vault.read(REF, signal())).value).toBe('v');
        people.delete('team', NAME);
        people.purge('team', NAME);
        expect(await vault.read(REF, signal())).toEqual({ state: 'deleted' });
      });

      it('keeps vaults apart', async () => {
        people.set('other', NAME, 'v');
        expect(await vault.read(REF, signal())).toEqual({ state: 'deleted' });
      });

      it('goes back in time with a lagging replica', async () => {
        people.set('team', NAME, 'old');
        people.serveStale('team', true);
        people.set('team', NAME, 'new');
        expect(readable(await vault.read(REF, signal())).value).toBe('old');
        people.serveStale('team', false);
        expect(readable(await vault.read(REF, signal())).value).toBe('new');
      });
    });

    describe('reading one version', () => {
      it('gives an older version with its value and its own properties', async () => {
        const own = { tags: { owner: 'app-1' }, contentType: 'text/plain' };
        const version = people.set('team', NAME, 'old', own);
        people.set('team', NAME, 'new');
        const found = readable(await vault.readVersion(REF, version, signal()));
        expect(found).toMatchObject({ name: NAME, version, value: 'old', ...own });
      });

      it('takes a missing or disabled version for no proof that the secret is gone', async () => {
        const version = people.set('team', NAME, 'old');
        people.set('team', NAME, 'new');
        people.disable('team', NAME, version);
        expect(await codeOf(vault.readVersion(REF, version, signal()))).toBe('VAULT_UNAVAILABLE');
        expect(await codeOf(vault.readVersion(REF, 'f'.repeat(32), signal()))).toBe('VAULT_UNAVAILABLE');
      });
    });

    describe('reading the certificate beside a secret', () => {
      const base64 = (der: Buffer | undefined) => ({ certificate: der?.toString('base64') ?? '' });
      const ask = (version: string) => vault.certificate(REF, version, signal());
      const bytes = (der: Uint8Array | undefined) => der && Buffer.from(der);

      it('gives the one of the version that was asked for', async () => {
        const old = people.set('team', NAME, '', base64(FIRST));
        const latest = people.set('team', 'App-1--PG--Password', '', base64(SECOND));
        expect(bytes(await ask(old))).toEqual(FIRST);
        expect(bytes(await ask(latest))).toEqual(SECOND);
      });

      it('gives none where the version has none, is not there, or the secret was deleted', async () => {
        const plain = people.set('team', NAME, 'v');
        const certified = people.set('team', NAME, '', base64(FIRST));
        expect(await ask(plain)).toBeUndefined();
        expect(await ask('f'.repeat(32))).toBeUndefined();
        people.delete('team', NAME);
        expect(await ask(certified)).toBeUndefined();
      });

      it.each(['rbac', 'firewall', 'certificates'] as const)('says forbidden on a 403 (%s)', async (kind) => {
        const version = people.set('team', NAME, '', base64(FIRST));
        const allow = people.forbid('team', kind);
        expect(await codeOf(ask(version))).toBe('VAULT_FORBIDDEN');
        allow();
        expect(bytes(await ask(version))).toEqual(FIRST);
      });

      it('is not to be had with a right to secrets alone, which stay readable', async () => {
        people.set('team', NAME, 'v');
        people.forbid('team', 'certificates');
        expect(readable(await vault.read(REF, signal())).value).toBe('v');
        expect((await vault.list('team', signal())).secrets.size).toBe(1);
      });

      it('asks for no such name or version, and does nothing once its signal is aborted', async () => {
        const odd = { vault: 'team', name: 'a/b' };
        expect(await codeOf(vault.certificate(odd, 'f'.repeat(32), signal()))).toBe('BAD_NAME');
        expect(await codeOf(vault.certificate(REF, 'f'.repeat(32), AbortSignal.abort()))).toBe(
          'VAULT_UNAVAILABLE',
        );
      });
    });

    describe('listing versions', () => {
      it('gives all versions, newest first, over many pages, without values', async () => {
        const start = now() - 1000;
        const set = Array.from({ length: 30 }, (_, at) =>
          people.set('team', NAME, `value ${at}`, { created: start + at }),
        );
        people.disable('team', NAME, set[3]);

        const found = await vault.versions(REF, signal());
        expect(found.map(({ version }) => version)).toEqual(set.toReversed());
        expect(found.find(({ version }) => version === set[3])?.enabled).toBe(false);
        expect(found.every((one) => !('value' in one) && one.name === NAME)).toBe(true);
      });

      it('rejects for a secret that has no version', async () => {
        expect(await codeOf(vault.versions(REF, signal()))).toBe('VAULT_UNAVAILABLE');
      });
    });

    describe('listing a vault', () => {
      it('gives every secret over many pages, disabled ones, too, deleted ones not', async () => {
        for (let at = 0; at < 60; at += 1) people.set('team', `Secret-${at}`, `value ${at}`);
        const latest = { tags: { kind: 'b' }, contentType: 'text/plain' };
        const [created, expires] = [now() + 1, now() + 60];
        people.set('team', 'secret-7', 'again', { ...latest, created, exp: expires });
        people.disable('team', 'secret-8');
        people.delete('team', 'secret-9');

        const { secrets, readAt, vault: of } = await vault.list('team', signal());
        expect(of).toBe('team');
        expect(secrets.size).toBe(59);
        const times = { created, updated: created, expires };
        expect(secrets.get('secret-7')).toMatchObject({ enabled: true, ...latest, ...times });
        expect(secrets.get('secret-8')?.enabled).toBe(false);
        expect(secrets.has('secret-9')).toBe(false);
        expect([...secrets].every(([key, { name: of }]) => key === of)).toBe(true);
        expect([...secrets.values()].some((one) => 'value' in one || 'version' in one)).toBe(false);
        expect(Math.abs(readAt - now())).toBeLessThan(120);
      });

      it('gives an empty list of an empty vault', async () => {
        expect((await vault.list('other', signal())).secrets.size).toBe(0);
      });
    });

    describe('refusing', () => {
      it.each(['rbac', 'firewall'] as const)('says forbidden, never absent, on a 403 (%s)', async (kind) => {
        people.set('team', NAME, 'v');
        const allow = people.forbid('team', kind);
        expect(await codeOf(vault.read(REF, signal()))).toBe('VAULT_FORBIDDEN');
        expect(await codeOf(vault.versions(REF, signal()))).toBe('VAULT_FORBIDDEN');
        expect(await codeOf(vault.list('team', signal()))).toBe('VAULT_FORBIDDEN');
        allow();
        expect(readable(await vault.read(REF, signal())).value).toBe('v');
      });

      it('knows no vault but the configured ones', async () => {
        expect(await codeOf(vault.read({ vault: 'elsewhere', name: NAME }, signal()))).toBe('BAD_SETTING');
        expect(await codeOf(vault.list('elsewhere', signal()))).toBe('BAD_SETTING');
      });

      it.each(['', '..', 'a/b', 'a%2Fb', 'A', 'x'.repeat(128), 'a?b'])(
        'asks for no such name: %j',
        async (bad) => {
          expect(await codeOf(vault.read({ vault: 'team', name: bad }, signal()))).toBe('BAD_NAME');
        },
      );

      it('does nothing once its signal is aborted', async () => {
        people.set('team', NAME, 'v');
        expect(await codeOf(vault.read(REF, AbortSignal.abort()))).toBe('VAULT_UNAVAILABLE');
        expect(await codeOf(vault.list('team', AbortSignal.abort()))).toBe('VAULT_UNAVAILABLE');
      });
    });
  });
}
