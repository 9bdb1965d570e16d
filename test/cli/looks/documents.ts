import { stringify } from 'yaml';
import { writtenCluster, writtenRoute } from '../../support/documents.ts';

const file = (...documents: object[]): string => documents.map((one) => stringify(one)).join('---\n');

/** What somebody applies: one new route, one that changes, and one that comes before its cluster. */
export const CHANGED = file(
  writtenCluster('weu-1'),
  writtenRoute('app-1', { type: 'kubernetes.io/basic-auth', keyCase: 'UPPER_SNAKE' }),
  writtenRoute('app-2', { prefix: 'app-2--', namespaces: ['app-2'], paused: true }),
  writtenRoute('app-4', { prefix: 'app-1--', namespaces: ['app-4'] }),
  writtenRoute('app-5', { prefix: 'app-5--', namespaces: ['app-5'], clusters: { names: ['sea-1'] } }),
);

/** What must not be applied. */
export const CHANGED_BADLY = file(
  writtenRoute('app-1-twin', {
    prefix: 'app-1--',
    namespaces: ['app-1'],
    layout: 'explicit',
    name: 'pg',
    data: { user: { secret: 'app-1--pg--user' } },
  }),
  writtenRoute('app-1-too', {
    prefix: 'app-1--',
    namespaces: ['app-1'],
    layout: 'explicit',
    name: 'pg',
    data: { user: { secret: 'app-1--pg--user' } },
  }),
);
