import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../../shared/errors.ts';
import { base64, failure, signal, uidOf, VALUE } from './bench.ts';
import type { Bench } from './bench.ts';

export function createsSecrets({ at, create, live, observe, target, allowedClusterWide }: Bench): void {
  describe('creating', () => {
    it('creating writes exactly the manifest and says which object it became', async () => {
      const data = Object.fromEntries([
        ['password', base64(VALUE)],
        ['tls.crt', base64('a\r\n\0b')],
        ['__proto__', base64('a key like any other')],
        ['empty', ''],
      ]);
      const written = await create({ data, labels: { x: 'y' }, type: 'example.com/kind' });

      const found = await live();
      expect(written).toEqual({ kind: 'written', uid: found.uid, resourceVersion: found.resourceVersion });
      expect(found).toMatchObject({ labels: { x: 'y' }, type: 'example.com/kind' });
      expect(new Map(Object.entries(found.data))).toEqual(new Map(Object.entries(data)));
    });

    it('creating is a conflict when the Secret exists', async () => {
      await at.people.put(at.namespace, { metadata: { name: 'pg' } });
      expect(await create()).toEqual({ kind: 'conflict' });
      expect((await live()).data).toEqual({});
    });

    it('creating says so when the namespace went', async () => {
      const written = await create({ namespace: `${at.namespace}-not` }).catch(failureOf);
      expect(written).toEqual(allowedClusterWide({ kind: 'namespace-missing' }));
    });

    it('creating is refused in a namespace in deletion', async () => {
      await at.people.terminate(at.namespace);
      expect((await failure(create())).code).toBe('NAMESPACE_MISSING');
    });

    it('creating is refused for what Kubernetes calls invalid', async () => {
      const badKey = await failure(create({ data: { 'a key': base64(VALUE) } }));
      expect(badKey).toMatchObject({ code: 'SECRET_INVALID' });
      const badLabel = await failure(create({ labels: { a: 'not a label' } }));
      expect(badLabel.code).toBe('SECRET_INVALID');
      expect(await observe()).toBeUndefined();
    });

    it.each(['..', 'a/b', 'Pg', '', 'pg?x=y'])('sends no request about the name %j', async (bad) => {
      expect((await failure(create({ name: bad }))).code).toBe('SECRET_INVALID');
      expect((await failure(at.kubernetes.secret(at.cluster, target(bad), signal()))).code).toBe(
        'SECRET_INVALID',
      );
    });
  });
}

export function triesSecrets({ at, create, tryCreate, observe, live, allowedClusterWide }: Bench): void {
  describe('trying to create', () => {
    it('trying to create stores nothing', async () => {
      expect(await tryCreate()).toBe('written');
      expect(await observe()).toBeUndefined();
    });

    it('trying to create is refused for what Kubernetes calls invalid, whether a Secret exists or not', async () => {
      expect((await failure(tryCreate({ labels: { a: 'not a label' } }))).code).toBe('SECRET_INVALID');
      await create();
      expect((await failure(tryCreate({ labels: { a: 'not a label' } }))).code).toBe('SECRET_INVALID');
      expect((await failure(tryCreate({ type: 'kubernetes.io/tls' }))).code).toBe('SECRET_INVALID');
    });

    it('trying to create is a conflict when nothing else is against it', async () => {
      await create({ type: 'example.com/kind' });
      const seen = await live();
      expect(await tryCreate()).toBe('conflict');
      expect(await live()).toEqual(seen);
    });

    it('trying to create says so when the namespace went', async () => {
      const tried = await tryCreate({ namespace: `${at.namespace}-not` }).catch(failureOf);
      expect(typeof tried === 'string' ? { kind: tried } : tried).toEqual(
        allowedClusterWide({ kind: 'namespace-missing' }),
      );
    });
  });
}

export function replacesSecrets({ at, create, live, replace, relabel }: Bench): void {
  describe('replacing', () => {
    it('replacing makes the Secret the manifest and keeps its identity', async () => {
      const uid = uidOf(await create({ data: { password: base64(VALUE), old: base64('x') } }));
      const before = await live();
      const labels = { ...before.labels, foreign: 'kept' };
      const written = await replace(before, { data: { password: base64('new') }, labels });

      const after = await live();
      expect(written).toEqual({ kind: 'written', uid, resourceVersion: after.resourceVersion });
      expect(after.resourceVersion).not.toBe(before.resourceVersion);
      expect(after).toMatchObject({ data: { password: base64('new') }, labels });
      expect(Object.keys(after.data)).toEqual(['password']);
    });

    it('keeps finalizers that the manifest names', async () => {
      await create();
      await replace(await live(), { finalizers: ['example.com/wait'] });
      const held = await live();
      expect(held.finalizers).toEqual(['example.com/wait']);
      expect((await replace(held)).kind).toBe('written');
      expect((await live()).finalizers).toEqual([]);
    });

    it('takes off owners that somebody has put on', async () => {
      await create();
      const owner = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: 'x',
        uid: '6a7b1c52-0000-4000-8000-000000000000',
      };
      await at.people.edit(at.namespace, 'pg', (secret) => ({
        ...secret,
        metadata: { ...secret.metadata, ownerReferences: [owner] },
      }));
      const owned = await live();
      expect(owned.ownerReferences).toEqual([owner]);
      expect((await replace(owned)).kind).toBe('written');
      expect((await live()).ownerReferences).toEqual([]);
    });

    it('replacing leaves the resourceVersion when nothing differs', async () => {
      await create();
      const before = await live();
      expect(await replace(before)).toMatchObject({ resourceVersion: before.resourceVersion });
    });

    it('replacing is a conflict once anybody changed, deleted or recreated the Secret', async () => {
      await create();
      const seen = await live();
      await relabel();
      expect(await replace(seen, { data: { password: base64('late') } })).toEqual({ kind: 'conflict' });
      const edited = await live();
      expect(edited.labels).toHaveProperty('edited', 'yes');

      await at.people.remove(at.namespace, 'pg');
      expect(await replace(edited)).toEqual({ kind: 'conflict' });
      await at.people.put(at.namespace, { metadata: { name: 'pg' } });
      expect(await replace(edited)).toEqual({ kind: 'conflict' });
      expect((await live()).data).toEqual({});
    });

    it('replacing is a conflict for another object, even with the right resourceVersion', async () => {
      await create();
      const seen = await live();
      const other = { ...seen, uid: '6a7b1c52-0000-4000-8000-000000000000' };
      expect(await replace(other, { data: {} })).toEqual({ kind: 'conflict' });
    });

    it('replacing is refused for a change of type, and of an immutable Secret', async () => {
      await create({ immutable: true });
      const seen = await live();
      expect((await failure(replace(seen, { type: 'example.com/kind', immutable: true }))).code).toBe(
        'SECRET_INVALID',
      );
      const changed = { data: { password: base64('new') }, immutable: true };
      expect((await failure(replace(seen, changed))).code).toBe('SECRET_INVALID');
      expect((await live()).resourceVersion).toBe(seen.resourceVersion);
    });
  });
}

export function removesSecrets({ at, create, live, observe, remove, replace, relabel }: Bench): void {
  describe('removing', () => {
    it('removing deletes what was observed', async () => {
      const uid = uidOf(await create());
      expect(uidOf(await remove(await live()))).toBe(uid);
      expect(await observe()).toBeUndefined();
    });

    it('removing is a conflict once anybody changed, deleted or recreated the Secret', async () => {
      await create();
      const seen = await live();
      await relabel();
      expect(await remove(seen)).toEqual({ kind: 'conflict' });
      const edited = await live();
      await at.people.remove(at.namespace, 'pg');
      expect(await remove(edited)).toEqual({ kind: 'conflict' });
      await at.people.put(at.namespace, { metadata: { name: 'pg' } });
      expect(await remove(edited)).toEqual({ kind: 'conflict' });
      expect(await observe()).toBeDefined();
    });

    it('removing leaves a Secret that a finalizer holds to whoever put it there', async () => {
      await create({ finalizers: ['example.com/wait'] });
      expect((await remove(await live())).kind).toBe('written');
      const held = await live();
      expect(held).toMatchObject({ finalizers: ['example.com/wait'], terminating: true });
      expect((await replace(held)).kind).toBe('written');
      expect(await observe()).toBeUndefined();
    });
  });
}
