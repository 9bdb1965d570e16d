import { describe, expect, it } from 'vitest';
import { ruledCluster, ruledRoute } from '../../shared/config/documents.ts';
import { aCluster, aRoute } from '../support/documents.ts';
import { config } from '../support/environment.ts';

describe('whether a cluster asks for consent', () => {
  const rules = config({ CONSENT_NOT_REQUIRED: 'dev-1' });

  it.each([
    ['weu-1', {}, true],
    ['weu-1', { requireConsent: true }, true],
    ['weu-1', { requireConsent: false }, true],
    ['dev-1', {}, false],
    ['dev-1', { requireConsent: true }, false],
    ['dev-1', { requireConsent: false }, false],
    ['dev-10', { requireConsent: false }, true],
  ])('is decided by CONSENT_NOT_REQUIRED alone: %s with %j', (name, spec, asks) => {
    expect(ruledCluster(rules, aCluster(name, spec)).document.spec.requireConsent).toBe(asks);
  });

  it('is said where a document of an earlier release asks in vain, with what to do', () => {
    expect(ruledCluster(rules, aCluster('weu-1', { requireConsent: false })).unheeded).toBe(
      'spec.requireConsent: false counts no more, and namespaces are asked: remove it, or set CONSENT_NOT_REQUIRED=weu-1 on the app',
    );
    for (const cluster of [aCluster('weu-1'), aCluster('dev-1', { requireConsent: false })])
      expect(ruledCluster(rules, cluster).unheeded).toBeUndefined();
  });
});

describe('labels and annotations of a route', () => {
  const rules = config({ ALLOWED_METADATA: 'team,example.com/*' });
  const REFLECTOR = 'reflector.v1.k8s.emberstack.com/reflection-auto-enabled';
  const ARGO = 'argocd.argoproj.io/secret-type';

  it('are those that ALLOWED_METADATA lists', () => {
    const route = aRoute('app-1', {
      labels: { team: 'a', [ARGO]: 'cluster' },
      annotations: { 'example.com/owner': 'b', 'example.comx/owner': 'c', [REFLECTOR]: 'true' },
    });
    const { document, unheeded } = ruledRoute(rules, route);
    expect(document.spec).toMatchObject({
      labels: { team: 'a' },
      annotations: { 'example.com/owner': 'b' },
    });
    expect(Object.keys({ ...document.spec.labels, ...document.spec.annotations })).toHaveLength(2);
    expect(unheeded).toBe(
      `the labels and annotations ${ARGO}, example.comx/owner, ${REFLECTOR} are not set: remove them, or list them in ALLOWED_METADATA of the app`,
    );
  });

  it('are none unless listed', () => {
    const route = aRoute('app-1', { labels: { team: 'a' } });
    expect(ruledRoute(config(), route).document.spec.labels).toEqual({});
  });

  it('leave a route as it is where all are listed', () => {
    const route = aRoute('app-1', { labels: { team: 'a' } });
    expect(ruledRoute(rules, route)).toEqual({ document: route, unheeded: undefined });
    expect(ruledRoute(rules, aRoute()).unheeded).toBeUndefined();
  });

  it('are counted where they are many', () => {
    const labels = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`x-${index}`, 'y']));
    expect(ruledRoute(rules, aRoute('app-1', { labels })).unheeded).toContain(
      'x-0, x-1, x-2, x-3, x-4 and 3 more',
    );
  });
});
