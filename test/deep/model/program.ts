import fc from 'fast-check';

export const CLUSTERS = ['weu-1', 'weu-2'] as const;
export const NAMESPACES = ['app-1', 'app-2'] as const;
export const SECRETS = [
  'app-1--pg--password',
  'app-1--pg--user',
  'app-1--mq--key',
  'app-2--pg--password',
] as const;
export const ROUTES = ['app-1', 'app-2', 'a-rival'] as const;

/** What happens next, to whom; people act at once, instances only by `go`. */
export type Step =
  | { do: 'rotate'; secret: number; told: number; from: 'now' | 'in an hour' | 'tomorrow' }
  | { do: 'secret'; secret: number; how: 'disable' | 'enable' | 'delete' | 'recover' | 'expire' | 'prolong' }
  | { do: 'event'; secret: number }
  | {
      do: 'edit';
      cluster: number;
      target: number;
      how: 'value' | 'drop' | 'add' | 'delete' | 'strip' | 'usurp';
    }
  | { do: 'namespace'; cluster: number; namespace: number; how: 'accept' | 'narrow' | 'drop' | 'delete' }
  | { do: 'route'; route: number; how: 'put' | 'drop' | 'pause' | 'remove' | 'narrow' | 'garble' }
  | { do: 'cluster'; cluster: number; how: 'pause' | 'keep' | 'remove' | 'drop' }
  | { do: 'run' }
  | { do: 'poll'; queue: 'push' | 'reconcile' }
  | { do: 'crash'; task: number }
  | { do: 'fault'; which: number; times: number; answered: boolean }
  | { do: 'lag' }
  | { do: 'wait'; ms: number }
  /** So many calls take effect, in an order that follows from the seed; one instance stands still before such a call. */
  | { do: 'go'; turns: number; seed: number; hold: 'nothing' | 'create' | 'replace' | 'remove' | 'read' };

export interface Program {
  /** Nothing is lost, edited or taken away: events alone must bring every target up to date. */
  calm: boolean;
  /** Whether everything was delivered before the steps begin. */
  settled: boolean;
  steps: Step[];
}

const index = (length: number) => fc.nat({ max: length - 1 });
const secret = index(SECRETS.length);
const cluster = index(CLUSTERS.length);
const oneOf = <const T extends readonly string[]>(...values: T) => fc.constantFrom<T[number]>(...values);
const just = <const T extends string>(what: T) => fc.constant(what);

const go = fc.record({
  do: just('go'),
  turns: fc.oneof(
    { weight: 3, arbitrary: fc.nat({ max: 25 }) },
    { weight: 1, arbitrary: fc.nat({ max: 80 }) },
  ),
  seed: fc.nat({ max: 0xffff }),
  hold: oneOf('nothing', 'nothing', 'nothing', 'create', 'create', 'replace', 'remove', 'read'),
});
const rotate = fc.record({
  do: just('rotate'),
  secret,
  told: fc.nat({ max: 2 }),
  from: oneOf('now', 'now', 'now', 'in an hour', 'tomorrow'),
});
const event = fc.record({ do: just('event'), secret });
const poll = fc.record({ do: just('poll'), queue: oneOf('push', 'reconcile', 'reconcile') });
const wait = fc.record({
  do: just('wait'),
  ms: fc.constantFrom(1000, 30_000, 120_000, 900_000, 3_700_000, 3_700_000, 90_000_000),
});
const run = fc.record({ do: just('run') });

const ofPeople = fc.oneof(
  { weight: 4, arbitrary: rotate },
  {
    weight: 4,
    arbitrary: fc.record({
      do: just('secret'),
      secret,
      how: oneOf('disable', 'enable', 'delete', 'recover', 'expire', 'prolong'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: just('edit'),
      cluster,
      target: index(3),
      how: oneOf('value', 'drop', 'add', 'delete', 'delete', 'strip', 'usurp'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: just('namespace'),
      cluster,
      namespace: index(NAMESPACES.length),
      how: oneOf('accept', 'accept', 'narrow', 'drop', 'delete'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: just('route'),
      route: index(ROUTES.length),
      how: oneOf('put', 'put', 'drop', 'pause', 'remove', 'remove', 'narrow', 'garble'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: just('cluster'),
      cluster,
      how: oneOf('pause', 'keep', 'remove', 'remove', 'drop'),
    }),
  },
);

const ofMisfortune = fc.oneof(
  fc.record({ do: just('crash'), task: fc.nat({ max: 5 }) }),
  fc.record({
    do: just('fault'),
    which: fc.nat({ max: 5 }),
    times: fc.integer({ min: 1, max: 4 }),
    answered: fc.boolean(),
  }),
  fc.record({ do: just('lag') }),
);

const step = fc.oneof(
  { weight: 10, arbitrary: go },
  { weight: 6, arbitrary: ofPeople },
  { weight: 2, arbitrary: event },
  { weight: 3, arbitrary: run },
  { weight: 5, arbitrary: poll },
  { weight: 3, arbitrary: wait },
  { weight: 2, arbitrary: ofMisfortune },
);

const calmEdit = fc.record({ do: just('edit'), cluster, target: index(2), how: oneOf('delete') });
const calmRotate = fc.record({
  do: just('rotate'),
  secret: index(2),
  told: fc.integer({ min: 1, max: 2 }),
  from: just('now'),
});
const calmStep = fc.oneof(
  { weight: 8, arbitrary: go },
  { weight: 4, arbitrary: calmRotate },
  { weight: 2, arbitrary: calmEdit },
  { weight: 2, arbitrary: fc.record({ do: just('poll'), queue: just('push') }) },
  { weight: 1, arbitrary: fc.record({ do: just('wait'), ms: fc.constantFrom(1000, 30_000) }) },
);

/** An instance stands still before it creates a Secret, while another one delivers what came since and a person deletes it. */
const stalledCreate: fc.Arbitrary<Step[]> = fc
  .record({
    cluster,
    secret: index(2),
    seed: fc.nat({ max: 0xffff }),
    until: fc.integer({ min: 10, max: 40 }),
  })
  .map(({ cluster: at, secret: which, seed, until }) => {
    const gone: Step = { do: 'edit', cluster: at, target: 0, how: 'delete' };
    const news: Step = { do: 'rotate', secret: which, told: 1, from: 'now' };
    const before: Step = { do: 'go', turns: until, seed, hold: 'create' };
    return [gone, news, before, news, { ...before, turns: 90 }, gone];
  });

/** Any mix of what may happen; shorter ones first when one fails. */
export const anyProgram: fc.Arbitrary<Program> = fc.record({
  calm: fc.constant(false),
  settled: fc.boolean(),
  steps: fc.array(step, { minLength: 4, maxLength: 60 }),
});

/** Rotations that are all told of, and deletions by hand: no run and no retry from outside is needed. */
export const calmProgram: fc.Arbitrary<Program> = fc.record({
  calm: fc.constant(true),
  settled: fc.boolean(),
  steps: fc
    .array(
      fc.oneof(
        { weight: 20, arbitrary: calmStep.map((one): Step[] => [one]) },
        { weight: 1, arbitrary: stalledCreate },
      ),
      { minLength: 4, maxLength: 40 },
    )
    .map((steps) => steps.flat()),
});
