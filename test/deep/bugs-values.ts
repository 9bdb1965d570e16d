import type { Claim } from './bug.ts';

/** The words of an API server, which repeat what it was sent. */
const QUOTED = {
  file: 'shared/adapters/kubernetes/failure.ts',
  find: "return ['SECRET_INVALID', fields.length > 0 ? `refused: ${fields.join(', ')}` : `refused with ${code}`];",
  put: "return ['SECRET_INVALID', `refused: ${status.message}`];",
};

/** What is said of values, and what a value or an answer may cost. */
export const VALUES: readonly Claim[] = [
  {
    name: 'an answer of an API server has no largest size',
    edits: [
      {
        file: 'shared/adapters/exchange.ts',
        find: 'if (size > bytes) end(tooLarge(bytes));',
        put: 'if (size > Infinity) end(tooLarge(bytes));',
      },
    ],
    caughtBy: 'test/adapters/kubernetes/api.test.ts',
    shows: 'stops reading an answer that is too large',
  },
  {
    name: 'a refusal of a template depends on the value',
    edits: [
      {
        file: 'shared/render/template.ts',
        find: 'const message = `the template of key ${key} cannot be rendered with these values`;',
        put: 'const message = `the template of key ${key} ${problemOf(error)}${placeOf(error)}`;',
      },
    ],
    caughtBy: 'test/render/time.test.ts',
    shows: 'say nothing in the app that depends on the characters of a value',
  },
  {
    name: 'each template has a budget of its own',
    edits: [
      {
        file: 'shared/render/entry.ts',
        find: 'pieces.push(await pieceOf(entry, contributions, time));',
        put: 'pieces.push(await pieceOf(entry, contributions, { ...time }));',
      },
    ],
    caughtBy: 'test/render/time.test.ts',
    shows: 'of one target share one budget of the processor, however many they are',
  },
  {
    name: 'a store of endless iterations is opened',
    edits: [
      {
        file: 'shared/certificate/derivation.ts',
        find: 'if (!(spent <= MAX_ITERATIONS))',
        put: 'if (!(spent <= 10 * MAX_ITERATIONS))',
      },
    ],
    caughtBy: 'test/render/time.test.ts',
    shows: 'of more iterations than allowed is refused before any of them',
  },
  {
    name: 'an answer of an API server is parsed, whatever it is made of',
    edits: [
      {
        file: 'shared/adapters/bounded-json.ts',
        find: 'if (count > values || depth > MAX_DEPTH) throw',
        put: 'if (count > Infinity) throw',
      },
    ],
    caughtBy: 'test/hostile/hostile.test.ts',
    shows: 'ends in a refusal with its code, and its neighbour is served: %s',
  },
  {
    name: 'an answer of an API server is decompressed, however large it becomes',
    edits: [
      {
        file: 'shared/adapters/exchange.ts',
        find: 'if (size > bytes) throw tooLarge(bytes);',
        put: 'if (size > Infinity) throw tooLarge(bytes);',
      },
    ],
    caughtBy: 'test/hostile/hostile.test.ts',
    shows: 'ends in a refusal with its code, and its neighbour is served: %s',
  },
  {
    name: 'an error repeats the words of an API server',
    edits: [QUOTED],
    caughtBy: 'test/canary/kubernetes.test.ts',
    shows: 'no error, line or row holds it',
  },
  {
    name: 'an outcome repeats the words of an API server',
    edits: [QUOTED],
    caughtBy: 'test/stack/canary.test.ts',
    shows: 'no value of a secret is in lines, answers, messages and rows',
  },
  {
    name: 'an outcome repeats the words of the SDK',
    edits: [
      {
        file: 'shared/adapters/key-vault/failure.ts',
        find: "return CONNECTION[code] ?? `no usable answer (${code || wordOf(name) || 'unknown error'})`;",
        put: 'return CONNECTION[code] ?? `no usable answer (${String(error)})`;',
      },
    ],
    caughtBy: 'test/canary/push.test.ts',
    shows: 'no line, row or message holds it',
  },
  {
    name: 'an outcome says what only the terminal may',
    edits: [
      {
        file: 'shared/deliver/sync-target.ts',
        find: "? { code: 'RENDER_REFUSED', message: error.message }",
        put: "? { code: 'RENDER_REFUSED', message: error.detail }",
      },
    ],
    caughtBy: 'test/canary/names.test.ts',
    shows: 'is in no line, row or message, by event and by run',
  },
  {
    name: 'an outcome tells how the token ends',
    edits: [
      {
        file: 'shared/adapters/kubernetes/transport.ts',
        find: 'if (answer.status !== 401) return answer;',
        put: "if (answer.status === 401) throw new VaultcastError('CLUSTER_UNAUTHORIZED', `refused ${token.slice(-40)}`);\n      if (answer.status !== 401) return answer;",
      },
    ],
    caughtBy: 'test/stack/canary.test.ts',
    shows: 'no token, identity header or account key is in lines, answers, messages and rows',
  },
  {
    name: 'metrics name what a problem is about',
    edits: [
      {
        file: 'shared/commands/metrics.ts',
        find: 'about: spec.about,',
        put: "about: Object.values(spec).join(' '),",
      },
    ],
    caughtBy: 'test/commands/metrics.test.ts',
    shows: 'have no name of a secret, a namespace, a target or a route, whatever goes wrong with it',
  },
];
