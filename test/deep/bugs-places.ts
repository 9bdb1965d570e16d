import type { Claim } from './bug.ts';

/** Follows where the answer leads, with the token. */
const FOLLOWED = {
  file: 'shared/adapters/kubernetes/transport.ts',
  find: 'const answer = await ask(token);',
  put: `const first = await ask(token);
      const to = new URL(String(first.headers['location'] ?? '/'), wire.origin);
      const led = { ...wire, origin: to.origin, path: to.pathname, headers: { authorization: 'Bearer ' + token } };
      const answer = first.status >= 300 && first.status < 400
        ? await exchange(agent, led, { timeoutMs, bytes, values: 1000 }, signal)
        : first;`,
};

/** Where the app goes, whom it believes there, and which token it shows. */
export const PLACES: readonly Claim[] = [
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
    shows: 'only hosts of CLUSTER_HOSTS are connected to',
  },
  {
    name: 'a token of one scope goes to any server',
    edits: [
      {
        file: 'shared/config/scopes.ts',
        find: 'if (ours.some((one) => one.covers(server))) return undefined;',
        put: 'if (ours.length > 0) return undefined;',
      },
    ],
    caughtBy: 'test/config/scopes.test.ts',
    shows: 'keeps the scope of one environment from the servers of another',
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
    shows: 'gives a credential to the server that its tag `server` names, and to no other',
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
    shows: 'are refused, with what to do, and Azure is not asked at every call',
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
    shows: 'is refused when it merely has the issuer of the registered one',
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
    shows: 'no vault gets another token than its own',
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
    shows: 'only vaults of VAULTS are connected to',
  },
  {
    name: 'an API server leads to another place',
    edits: [FOLLOWED],
    caughtBy: 'test/adapters/kubernetes/api.test.ts',
    shows: 'follows no redirect, not even to the right place',
  },
  {
    name: 'an API server leads to another host',
    edits: [FOLLOWED],
    caughtBy: 'test/adapters/kubernetes/configured-places.test.ts',
    shows: 'leads nobody with a %s to another host',
  },
  {
    name: 'an API server has a token brought to somebody else',
    edits: [FOLLOWED],
    caughtBy: 'test/fuzz/api-server-answers.test.ts',
    shows: 'the token goes to the API server that was asked, and to nobody else',
  },
  {
    name: 'a cluster that is not allowed is asked all the same',
    edits: [
      {
        file: 'shared/adapters/kubernetes/clients.ts',
        find: "if (refusal !== undefined) throw new VaultcastError('CLUSTER_NOT_ALLOWED', refusal);",
        put: '',
      },
    ],
    caughtBy: 'test/adapters/kubernetes/configured-places.test.ts',
    shows: 'gets no connection and no credential: %s',
  },
  {
    name: 'a vault says for what its token is',
    edits: [
      {
        file: 'shared/adapters/key-vault/clients.ts',
        find: 'redirectOptions: { maxRetries: 0 },',
        put: 'redirectOptions: { maxRetries: 0 },\n      disableChallengeResourceVerification: true,',
      },
    ],
    caughtBy: 'test/fuzz/vault-answers.test.ts',
    shows: 'no vault gets another token than its own',
  },
  {
    name: 'Node is told to verify nothing, and the app obeys',
    edits: [
      {
        file: 'shared/config/config.ts',
        find: "if (env.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return [];",
        put: "if (env.NODE_TLS_REJECT_UNAUTHORIZED !== '') return [];",
      },
    ],
    caughtBy: 'test/stack/settings.test.ts',
    shows: 'does nothing at all',
  },
];
