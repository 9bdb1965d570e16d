import type { Bug } from './bug.ts';

/**
 * The guards behind the threat model (infra/security.md), each taken away: the test that stands beside its claim there must
 * notice. What only a real API server, the built functions or Azure's templates show is not here.
 */
export const CLAIMS: readonly Bug[] = [
  {
    name: 'the registry names a server outside CLUSTER_HOSTS',
    edits: [
      {
        file: 'shared/config/clusters.ts',
        find: 'if (refusal !== undefined || server === undefined) return refusal;',
        put: 'if (server === undefined) return refusal;',
      },
    ],
    caughtBy: 'test/fuzz/places.test.ts',
  },
  {
    name: 'a token of one scope goes to any server',
    edits: [
      {
        file: 'shared/config/scopes.ts',
        find: 'if (ours.some(({ servers }) => covers(servers, server))) return undefined;',
        put: 'if (ours.length > 0) return undefined;',
      },
    ],
    caughtBy: 'test/config/scopes.test.ts',
  },
  {
    name: 'a stored credential goes to any server',
    edits: [
      {
        file: 'shared/adapters/identity/stored/store.ts',
        find: "return isSame ? undefined : 'is for another server, as its tag `server` says';",
        put: 'return isSame ? undefined : undefined;',
      },
    ],
    caughtBy: 'test/adapters/identity/stored/connect.test.ts',
  },
  {
    name: 'a static credential of AKS is used although nobody allowed it',
    edits: [
      {
        file: 'shared/adapters/aks/connect.ts',
        find: "if (!spec.allowStaticCredentials) throw new VaultcastError('CLUSTER_CREDENTIAL', LOCAL_ACCOUNTS);",
        put: '',
      },
    ],
    caughtBy: 'test/adapters/aks/connect.test.ts',
  },
  {
    name: 'the certificate of an API server is not verified',
    edits: [
      {
        file: 'shared/adapters/kubernetes/connection.ts',
        find: 'rejectUnauthorized: true,',
        put: 'rejectUnauthorized: false,',
      },
    ],
    caughtBy: 'test/adapters/kubernetes/trust.test.ts',
  },
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
  },
  {
    name: 'each template has a budget of its own',
    edits: [
      {
        file: 'shared/render/pieces.ts',
        find: 'pieces.push(await pieceOf(entry, contributions, time));',
        put: 'pieces.push(await pieceOf(entry, contributions, { ...time }));',
      },
    ],
    caughtBy: 'test/render/time.test.ts',
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
  },
  {
    name: 'a vault leads to another host',
    edits: [
      {
        file: 'shared/adapters/key-vault/policy.ts',
        find: 'if (new URL(request.url).origin !== origin)',
        put: "if (new URL(request.url).origin !== origin && request.url === '')",
      },
    ],
    caughtBy: 'test/fuzz/vault-answers.test.ts',
  },
  {
    name: 'forged sources are read one by one',
    edits: [
      {
        file: 'shared/deliver/feeding.ts',
        find: 'const MOST_RECORDED = 200;',
        put: 'const MOST_RECORDED = 1e9;',
      },
    ],
    caughtBy: 'test/deliver/forged-sources.test.ts',
  },
  {
    name: 'what is recorded as delivered brings a version before its date',
    edits: [
      {
        file: 'shared/source/contribution.ts',
        find: "if (latest.version === delivered?.version) return { keep: 'not-yet-valid' };",
        put: "if (latest.version === delivered?.version) return { use: latest, state: 'not-yet-valid' };",
      },
    ],
    caughtBy: 'test/source/contribution.test.ts',
  },
  {
    name: 'an event names a vault that is not configured',
    edits: [
      {
        file: 'shared/event/parse.ts',
        find: 'if (new URL(url).origin === origin) return alias;',
        put: "if (url !== '' || origin !== '') return alias;",
      },
    ],
    caughtBy: 'test/event/parse.test.ts',
  },
  {
    name: 'an event of any vault is one of the first that is configured',
    edits: [
      {
        file: 'shared/event/parse.ts',
        find: 'if (new URL(url).origin === origin) return alias;',
        put: "if (url !== '' || origin !== '') return alias;",
      },
    ],
    caughtBy: 'test/fuzz/events.test.ts',
  },
  {
    name: 'a vault that nobody configured is one all the same',
    edits: [
      {
        file: 'shared/event/parse.ts',
        find: 'const alias = aliasOf(object.origin, vaults);\n  if (alias',
        put: 'const alias = aliasOf(object.origin, vaults) ?? object.vaultName;\n  if (alias',
      },
      {
        file: 'shared/adapters/key-vault/clients.ts',
        find: 'const url = vaults.get(vault);',
        put: 'const url = vaults.get(vault) ?? `https://${vault}.vault.azure.net`;',
      },
    ],
    caughtBy: 'test/fuzz/places.test.ts',
  },
  {
    name: 'a message brings a secret to whatever target it names',
    edits: [
      {
        file: 'shared/deliver/look-up.ts',
        find: 'targets.filter(({ ref }) => only === undefined || targetId(ref) === targetId(only));',
        put: 'targets.map((one) => (only === undefined ? one : { ...one, ref: only }));',
      },
      {
        file: 'shared/route/targets.ts',
        find: 'placement.name === target.name &&\n    placement.namespaces.includes(target.namespace)',
        put: "target.name !== ''",
      },
    ],
    caughtBy: 'test/fuzz/messages.test.ts',
  },
  {
    name: 'an API server leads to another place',
    edits: [
      {
        file: 'shared/adapters/kubernetes/transport.ts',
        find: 'const answer = await ask(token);',
        put: `const first = await ask(token);
      const to = new URL(String(first.headers['location'] ?? '/'), wire.origin);
      const answer = first.status >= 300 && first.status < 400
        ? await exchange(agent, { ...wire, origin: to.origin, path: to.pathname, headers: {} }, { ...limits, bytes, values: 1000 }, signal)
        : first;`,
      },
    ],
    caughtBy: 'test/adapters/kubernetes/api.test.ts',
  },
];
