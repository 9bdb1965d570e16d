import { describe, expect, it } from 'vitest';
import { excessAccess } from '../../shared/check/access.ts';
import { aCluster } from '../support/documents.ts';

const asked = (namespace: string | undefined, ...accepting: string[]): string[] =>
  excessAccess(aCluster('weu-1'), accepting)
    .filter((one) => one.namespace === namespace)
    .map(({ verb, resource, group = 'core' }) => `${verb} ${group} ${resource}`);

describe('what is asked of an identity that it had better not be allowed', () => {
  it('is every way out that a role of a single namespace can give, in each that takes part', () => {
    const ways = [
      'patch core secrets',
      'deletecollection core secrets',
      'create core pods',
      'create core pods/exec',
      'create core serviceaccounts/token',
      'create apps deployments',
      'patch apps deployments',
      'create rbac.authorization.k8s.io rolebindings',
      'update rbac.authorization.k8s.io rolebindings',
      'patch rbac.authorization.k8s.io rolebindings',
      'bind rbac.authorization.k8s.io roles',
      'escalate rbac.authorization.k8s.io roles',
    ];
    expect(asked('app-1', 'app-1', 'app-2')).toEqual(ways);
    expect(asked('app-2', 'app-1', 'app-2')).toEqual(ways);
  });

  it('is asked in the first ten namespaces only: each question is a request', () => {
    const many = Array.from({ length: 11 }, (_, index) => `app-${index}`);
    expect([asked('app-9', ...many).length, asked('app-10', ...many).length]).toEqual([12, 0]);
  });

  it('is to read Secrets of kube-system, where that takes no part', () => {
    expect(asked('kube-system')).toEqual(['get core secrets']);
    expect(asked('kube-system', 'kube-system')).not.toContain('get core secrets');
  });
});
