import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../../shared/errors.ts';
import { ACCEPT, base64, keyOf, signal } from './bench.ts';
import type { Bench } from './bench.ts';

export function readsNamespaces({ at }: Bench): void {
  describe('a namespace', () => {
    const view = (of = at.namespace) => at.kubernetes.namespace(at.cluster, of, signal());

    it('a namespace shows what it accepts, word for word', async () => {
      expect(await view()).toEqual({ name: at.namespace, accept: 'app-1--', terminating: false });
      await at.people.annotate(at.namespace, { [ACCEPT]: ' app-1--, ,X ' });
      expect((await view())?.accept).toBe(' app-1--, ,X ');
      await at.people.annotate(at.namespace, { [ACCEPT]: '' });
      expect((await view())?.accept).toBe('');
      await at.people.annotate(at.namespace, { [ACCEPT]: undefined });
      expect(await view()).toHaveProperty('accept', undefined);
    });

    it('a namespace that does not exist is undefined', async () => {
      expect(await view(`${at.namespace}-not`)).toBeUndefined();
    });

    it('a namespace in deletion is shown so', async () => {
      await at.people.terminate(at.namespace);
      expect((await view())?.terminating).toBe(true);
    });

    it('a namespace is listed with all others', async () => {
      await at.people.createNamespace(`${at.namespace}-b`);
      const all = await at.kubernetes.namespaces(at.cluster, signal());
      expect(all).toContainEqual({ name: at.namespace, accept: 'app-1--', terminating: false });
      expect(all).toContainEqual({ name: `${at.namespace}-b`, accept: undefined, terminating: false });
    });
  });
}

export function observesSecrets({ at, target, observe, live, allowedClusterWide }: Bench): void {
  describe('observing a Secret', () => {
    it('a Secret is undefined when it is absent, or its namespace is', async () => {
      expect(await observe()).toBeUndefined();
      const elsewhere = { ...target(), namespace: `${at.namespace}-not` };
      const found = await at.kubernetes.secret(at.cluster, elsewhere, signal()).catch(failureOf);
      expect(found).toEqual(allowedClusterWide(undefined));
    });

    it('a Secret is given whole, as people made it', async () => {
      const owner = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: 'x',
        uid: '6a7b1c52-0000-4000-8000-000000000000',
      };
      await at.people.put(at.namespace, {
        metadata: {
          name: 'pg',
          labels: { a: 'b' },
          annotations: { c: 'd' },
          finalizers: ['example.com/wait'],
          ownerReferences: [owner],
        },
        type: 'example.com/kind',
        data: { k: base64('v'), empty: '' },
        immutable: true,
      });

      const found = await live();
      expect(found).toEqual({
        ...target(),
        uid: found.uid,
        resourceVersion: found.resourceVersion,
        labels: { a: 'b' },
        annotations: { c: 'd' },
        type: 'example.com/kind',
        immutable: true,
        terminating: false,
        finalizers: ['example.com/wait'],
        ownerReferences: [owner],
        data: { k: base64('v'), empty: '' },
      });
      expect(found.uid).not.toBe('');
      expect(found.resourceVersion).not.toBe('');
    });

    it('parts of a Secret that are empty are given as empty', async () => {
      await at.people.put(at.namespace, { metadata: { name: 'pg' } });
      expect(await live()).toMatchObject({
        type: 'Opaque',
        immutable: false,
        labels: {},
        annotations: {},
        finalizers: [],
        ownerReferences: [],
        data: {},
      });
    });
  });
}

export function listsManagedSecrets({
  at,
  aManifest,
  create,
  replace,
  live,
  allowedClusterWide,
}: Bench): void {
  describe('listing managed Secrets', () => {
    const list = (of?: string) => at.kubernetes.managedSecrets(at.cluster, of, signal());

    it('lists identity and our own marks of the Secrets with our label, and no data', async () => {
      await create();
      const own = await live();
      const labels = { ...own.labels, team: 'a' };
      await replace(own, { labels, annotations: { ...own.annotations, 'example.com/note': 'long' } });
      await create({ name: 'redis' });
      await at.people.put(at.namespace, { metadata: { name: 'foreign' }, data: { a: base64('b') } });

      const found = await list(at.namespace);
      expect(found.map((one) => one.name).sort()).toEqual(['pg', 'redis']);
      const { uid, resourceVersion } = await live();
      expect(found.find((one) => one.name === 'pg')).toEqual({
        namespace: at.namespace,
        name: 'pg',
        uid,
        resourceVersion,
        labels: own.labels,
        annotations: own.annotations,
      });
    });

    it('lists those only that whoever asks calls ours', async () => {
      await create();
      await create({ name: 'redis' });
      const isOurs = ({ name }: { name: string }): boolean => name === 'redis';
      const found = await at.kubernetes.managedSecrets(at.cluster, at.namespace, signal(), { isOurs });
      expect(found.map(({ name }) => name)).toEqual(['redis']);
    });

    it('lists the Secrets of the whole cluster to whom RBAC allows it', async () => {
      await create();
      await at.people.createNamespace(`${at.namespace}-b`);
      await at.kubernetes.create(at.cluster, aManifest({ namespace: `${at.namespace}-b` }), signal());
      const everywhere = await list().then((found) => found.map(keyOf), failureOf);
      const expected = expect.arrayContaining([`${at.namespace}/pg`, `${at.namespace}-b/pg`]);
      expect(everywhere).toEqual(allowedClusterWide(expected));
      expect((await list(at.namespace)).map((one) => one.namespace)).toEqual([at.namespace]);
    });
  });
}

export function digestsLists({ at, create, replace, live }: Bench): void {
  describe('the digest of a list of Secrets', () => {
    const digest = () => at.kubernetes.digest(at.cluster, at.namespace, signal());

    it('is that of the list that is read, empty or not, and the same as long as nothing changes', async () => {
      const heard: (string | undefined)[] = [];
      const digested = (one: string | undefined) => heard.push(one);
      const look = { digested, isOurs: () => false };
      await at.kubernetes.managedSecrets(at.cluster, at.namespace, signal(), look);
      heard.push(await digest());
      await create();
      await at.kubernetes.managedSecrets(at.cluster, at.namespace, signal(), look);
      await at.people.put(at.namespace, { metadata: { name: 'foreign' }, data: {} });
      heard.push(await digest());
      expect(heard.map((one) => heard.indexOf(one))).toEqual([0, 0, 2, 2]);
      expect(heard.every((one) => /^[0-9a-f]{32,}$/.test(one ?? ''))).toBe(true);
    });

    it('is another after every write, whatever it wrote', async () => {
      const digests = [await digest()];
      await create();
      digests.push(await digest());
      await replace(await live(), { data: { password: 'eA==' } });
      digests.push(await digest());
      await at.people.edit(at.namespace, 'pg', (secret) => ({ ...secret, data: { password: 'eQ==' } }));
      digests.push(await digest());
      await at.kubernetes.remove(at.cluster, await live(), signal());
      digests.push(await digest());
      expect(digests.map((one) => digests.indexOf(one))).toEqual([0, 1, 2, 3, 0]);
    });
  });
}
