/** A folder of shared/ (or a file there), and the tests that are to notice when it is wrong. */
export interface Room {
  name: string;
  mutate: readonly string[];
  tests: readonly string[];
  /** Share (0 to 1) of its mutants, equivalent ones aside, that tests must kill. */
  least: number;
}

/** Whole deliveries and runs on fakes: what goes wrong in a step shows there, too. One list, so that its rooms are asked about together. */
const WHOLE = [
  'test/target',
  'test/status',
  'test/admission',
  'test/sync.test.ts',
  'test/deliver',
  'test/reconcile',
  'test/schedules',
  'test/retry',
  'test/commands',
  'test/failure/given-up.test.ts',
  'test/failure/throttling.test.ts',
];

const PURE = 0.95;
const REST = 0.9;

const room = (name: string, least: number, tests: readonly string[]): Room => ({
  name,
  mutate: [`shared/${name}/**/*.ts`],
  tests,
  least,
});
const folder = (name: string, least: number, ...tests: string[]): Room =>
  room(name, least, [`test/${name}`, ...tests]);

export const ROOMS: readonly Room[] = [
  folder('event', PURE, 'test/fuzz/events.test.ts', 'test/sync.test.ts', 'test/retry'),
  folder('route', PURE, 'test/sync.test.ts', 'test/deliver'),
  folder('source', PURE, 'test/sync.test.ts', 'test/deliver'),
  folder('render', PURE),
  folder('certificate', PURE, 'test/render/certificates.test.ts', 'test/render/faults.test.ts'),
  room('target', PURE, WHOLE),
  room('status', PURE, WHOLE),
  folder('registry', PURE, 'test/fuzz/documents.test.ts', 'test/config', 'test/render/options.test.ts'),
  folder('config', PURE),
  room('retry', REST, WHOLE),
  room('deliver', REST, WHOLE),
  room('reconcile', REST, WHOLE),
  room('commands', REST, WHOLE),
  folder('output', REST, 'test/cli/get', 'test/cli/explain', 'test/commands'),
  folder('check', REST, 'test/cli/check.test.ts', 'test/adapters/kubernetes/inspection'),
  room('admission', REST, WHOLE),
  folder('cli', REST, 'test/output'),
  room('adapters', REST, ['test/adapters', 'test/fuzz', 'test/canary']),
];
