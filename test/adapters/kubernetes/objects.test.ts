import { describe, expect, it } from 'vitest';
import { readNamespace, readSecret, readSummary } from '../../../shared/adapters/kubernetes/objects.ts';
import { failureOf } from '../../../shared/errors.ts';

const ASKED = { cluster: 'weu-1', namespace: 'app-1', name: 'pg' };
const secret = (metadata: object = {}) => ({
  type: 'Opaque',
  metadata: { namespace: 'app-1', name: 'pg', uid: '3f0c-1', resourceVersion: '42', ...metadata },
});

/** What an API server may repeat of what it was sent: a token, a password, lines. */
const ECHOES = ['eyJhbGciOi.J9_x', 'Hunter2!', 'hunter 2', 'two\nlines', 'x'.repeat(400)];

const failure = (read: () => unknown) => {
  try {
    return read();
  } catch (error) {
    return failureOf(error);
  }
};

describe('an object of an API server', () => {
  it.each(['namespace', 'name', 'uid', 'resourceVersion'])(
    'has a %s that is one, or is unusable',
    (field) => {
      expect(readSummary(secret())).toMatchObject({ [field]: expect.any(String) as string });
      for (const echo of ECHOES) {
        const found = failure(() => readSummary(secret({ [field]: echo })));
        expect(found).toEqual({
          code: 'CLUSTER_FAILED',
          message: `unusable answer: something that is no ${field}`,
        });
      }
    },
  );

  it('has finalizers that are some, or is unusable', () => {
    const finalizers = ['kubernetes', 'example.com/hold', 'foregroundDeletion'];
    expect(readSecret(secret({ finalizers }), ASKED).finalizers).toEqual(finalizers);
    for (const echo of ECHOES.filter((one) => !/^[\w.]+$/.test(one) || one.length > 317))
      expect(failure(() => readSecret(secret({ finalizers: [echo] }), ASKED))).toMatchObject({
        message: 'unusable answer: something that is no finalizer',
      });
  });

  it('is a Namespace with the name of one, or is unusable', () => {
    expect(readNamespace({ metadata: { name: 'app-1' } })).toMatchObject({ name: 'app-1' });
    for (const echo of [...ECHOES, 'app.1', 'App-1'])
      expect(failure(() => readNamespace({ metadata: { name: echo } }))).toMatchObject({
        message: 'unusable answer: something that is no namespace',
      });
  });
});
