/** Tests that build, pack, rehearse a deployment, try every failure with every value, drive a whole fleet, or simulate hours: they run with `npm run test:deep`, so that `npm test` stays quick. */
export const SLOW = [
  'test/canary/**/*.test.ts',
  'test/certificate/stores.test.ts',
  'test/cli/bundle.test.ts',
  'test/failure/dead-cluster.test.ts',
  'test/failure/storage*.test.ts',
  'test/fuzz/regexes.test.ts',
  'test/hostile/**/*.test.ts',
  'test/infra/package.test.ts',
  'test/infra/rehearsal/**/*.test.ts',
  'test/render/options.test.ts',
  'test/render/round-trips.test.ts',
  'test/stack/loaded.test.ts',
  'test/stack/messages.test.ts',
  'test/stack/queue-roles.test.ts',
  'test/truth/**/*.test.ts',
];

/**
 * Tests that need a process of their own: they measure it (where no code may count its lines), or they put other modules in
 * the place of those that the files of a process share.
 */
export const ALONE = [
  'test/adapters/large-answers.test.ts',
  'test/failure/handover.test.ts',
  'test/failure/thrown.test.ts',
  'test/render/time.test.ts',
];
