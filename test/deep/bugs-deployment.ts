import type { Claim } from './bug.ts';

/** What templates, preflight and workflows keep from the app, from whoever deploys, and from a build. */
export const DEPLOYMENT: readonly Claim[] = [
  {
    name: 'the app writes the tables of documents',
    edits: [
      {
        file: 'infra/modules/registry-storage.bicep',
        find: `  scope: defined[i]
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageTableDataReader.id)`,
        put: `  scope: defined[i]
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageTableDataContributor.id)`,
      },
    ],
    caughtBy: 'test/infra/resources.test.ts',
    shows: 'reads the tables of documents and writes the three of findings, and has no role on both at once',
  },
  {
    name: 'a cluster without Entra is taken in unasked',
    edits: [
      {
        file: 'infra/preflight/clusters.ts',
        find: 'if (accepted.includes(name))',
        put: 'if (accepted.length > 0)',
      },
    ],
    caughtBy: 'test/infra/preflight/preflight.test.ts',
    shows: 'takes in a cluster without Entra that is accepted by name, and no other',
  },
  {
    name: 'what is deployed is built where it is deployed',
    edits: [
      {
        file: '.github/workflows/deploy.yml',
        find: 'run: gh attestation verify vaultcast.zip --repo "$GITHUB_REPOSITORY" --source-ref refs/heads/main',
        put: 'run: npm ci && npm run package',
      },
    ],
    caughtBy: 'test/infra/workflows.test.ts',
    shows: 'builds the package in a job that runs no other tool, and deploys no other bytes',
  },
  {
    name: 'what is deployed may come from any branch',
    edits: [
      {
        file: '.github/workflows/deploy.yml',
        find: ' --source-ref refs/heads/main',
        put: '',
      },
    ],
    caughtBy: 'test/infra/workflows.test.ts',
    shows: 'builds the package in a job that runs no other tool, and deploys no other bytes',
  },
  {
    name: 'the package is built beside the tests',
    edits: [
      {
        file: '.github/workflows/deploy.yml',
        find: '- run: npm run package',
        put: '- run: npm test && npm run package',
      },
    ],
    caughtBy: 'test/infra/workflows.test.ts',
    shows: 'builds the package in a job that runs no other tool, and deploys no other bytes',
  },
  {
    name: 'an action is whatever its tag says today',
    edits: [
      {
        file: '.github/workflows/deploy.yml',
        find: 'azure/login@a457da9ea143d694b1b9c7c869ebb04ebe844ef5 # v2.3.0',
        put: 'azure/login@v2.3.0',
      },
    ],
    caughtBy: 'test/infra/workflows.test.ts',
    shows: 'pins every action by commit, and says which version that is',
  },
  {
    name: 'a job of a pull request may write',
    edits: [
      {
        file: '.github/workflows/ci.yml',
        find: `permissions:
  contents: read`,
        put: `permissions:
  contents: write`,
      },
    ],
    caughtBy: 'test/infra/workflows.test.ts',
    shows: 'may only read, but for the tokens of the jobs that attest and deploy',
  },
  {
    name: 'the job that runs the tests gets a token of Entra',
    edits: [
      {
        file: '.github/workflows/deploy.yml',
        find: `  test:
    if: github.ref == 'refs/heads/main'
`,
        put: `  test:
    if: github.ref == 'refs/heads/main'
    permissions:
      id-token: write
`,
      },
    ],
    caughtBy: 'test/infra/workflows.test.ts',
    shows: 'may only read, but for the tokens of the jobs that attest and deploy',
  },
];
