import type { Claim } from './bug.ts';

/** What only a real API server refuses: policies and roles of infra/kubernetes. */
export const CLUSTER: readonly Claim[] = [
  {
    name: 'a namespace is brought what it does not accept',
    edits: [
      {
        file: 'infra/kubernetes/base/consent.yaml',
        find: 'variables.refused.size() == 0',
        put: 'variables.refused.size() >= 0',
      },
    ],
    caughtBy: 'test/e2e/policy.test.ts',
    shows: 'refuses what it does not accept, beside accepted ones, too',
  },
  {
    name: 'an instance changes the Secrets of another',
    edits: [
      {
        file: 'infra/kubernetes/base/consent.yaml',
        find: "request.operation == 'CREATE' || variables.wasOurs",
        put: "request.operation in ['CREATE', 'UPDATE', 'DELETE']",
      },
    ],
    caughtBy: 'test/e2e/policy.test.ts',
    shows: 'lets nobody who has stolen the identity of one instance act as another',
  },
  {
    name: 'the app reads the Secrets of all namespaces',
    edits: [
      {
        file: 'infra/kubernetes/base/rbac.yaml',
        find: 'resources: [namespaces]',
        put: 'resources: [namespaces, secrets]',
      },
    ],
    caughtBy: 'test/e2e/control-plane/api-server.test.ts',
    shows: 'writes, reads and deletes Secrets in its namespaces and nowhere else',
  },
  {
    name: 'the app writes what a namespace accepts',
    edits: [
      {
        file: 'infra/kubernetes/base/rbac.yaml',
        find: 'verbs: [get, list]',
        put: 'verbs: [get, list, patch]',
      },
    ],
    caughtBy: 'test/e2e/control-plane/api-server.test.ts',
    shows: 'may look at all Namespaces and change none',
  },
  {
    name: 'whoever administers a namespace replaces managed Secrets',
    edits: [
      {
        file: 'infra/kubernetes/protect/protect.yaml',
        find: '!variables.wasManaged ||',
        put: "!variables.wasManaged || request.operation == 'UPDATE' ||",
      },
    ],
    caughtBy: 'test/e2e/protect.test.ts',
    shows: 'cannot replace, delete or sweep away a managed Secret',
  },
];
