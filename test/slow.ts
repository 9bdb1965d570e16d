/** Tests that build, pack or simulate hours: they run with `npm run test:deep`, so that `npm test` stays quick. */
export const SLOW = [
  'test/canary/{push,storage}.test.ts',
  'test/cli/bundle.test.ts',
  'test/failure/dead-cluster.test.ts',
  'test/failure/storage*.test.ts',
  'test/infra/package.test.ts',
];
