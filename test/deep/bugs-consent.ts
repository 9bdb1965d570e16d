import type { Claim } from './bug.ts';

/** The header of whom the platform signed in, where it signs nobody in. */
const BELIEVED = {
  file: 'shared/adapters/identity/owners.ts',
  find: 'if (ownersGroup === undefined || !signsIn)',
  put: 'if (ownersGroup === undefined)',
};

/** Who decides what is brought where: namespaces, routes and settings, and neither events, messages nor callers. */
export const CONSENT: readonly Claim[] = [
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
    shows: 'by thousands cost one read and few lines, and are put right',
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
    shows: 'stays as found when it is recorded as delivered before it got its date, for that may be forged',
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
    shows: 'is rejected',
  },
  {
    name: 'an event of a vault that nobody configured is followed',
    edits: [
      {
        file: 'shared/event/parse.ts',
        find: 'const alias = aliasOf(object.origin, vaults);\n  if (alias',
        put: 'const alias = aliasOf(object.origin, vaults) ?? object.vaultName;\n  if (alias',
      },
    ],
    caughtBy: 'test/fuzz/events.test.ts',
    shows: 'asks registry, vault and clusters for names of ours only',
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
    shows: 'is work that routes allow, or a bad message',
  },
  {
    name: 'a namespace that accepts anything accepts everything',
    edits: [
      {
        file: 'shared/route/consent.ts',
        find: "return consent === 'everything' || accepts(consent, secret);",
        put: "return consent === 'everything' || secret.name !== '' || accepts(consent, secret);",
      },
    ],
    caughtBy: 'test/stack/tenancy.test.ts',
    shows: 'is refused the secret of another team, which gets it itself',
  },
  {
    name: 'a Secret that nobody marked is taken over',
    edits: [
      {
        file: 'shared/target/ownership.ts',
        find: 'if (manager !== MANAGED_BY) return `it is ${foreignManager(manager)}`;',
        put: 'if (manager !== MANAGED_BY) return undefined;',
      },
    ],
    caughtBy: 'test/stack/tenancy.test.ts',
    shows: 'a Secret of somebody else is left as it is',
  },
  {
    name: 'a prefix covers what only begins like it',
    edits: [
      {
        file: 'shared/names.ts',
        find: '? name.startsWith(prefix) && name.length > prefix.length',
        put: '? name.startsWith(prefix.slice(0, -DELIMITER.length))',
      },
      {
        file: 'shared/adapters/storage/registry/registry.ts',
        find: "filters.push(`${odata`PartitionKey eq ${vault}`} and (${comparisons.join(' or ')})`);",
        put: 'if (comparisons.length > 0) filters.push(odata`PartitionKey eq ${vault}`);',
      },
    ],
    caughtBy: 'test/stack/tenancy.test.ts',
    shows: '%s is of no route',
  },
  {
    name: 'a document says that namespaces are not asked',
    edits: [
      {
        file: 'shared/config/documents.ts',
        find: 'const requireConsent = !consentNotRequired.has(name);',
        put: 'const requireConsent = !consentNotRequired.has(name) && cluster.spec.requireConsent;',
      },
    ],
    caughtBy: 'test/stack/settings.test.ts',
    shows: 'asks namespaces for consent, whatever a document says',
  },
  {
    name: 'a route sets what ALLOWED_METADATA does not list',
    edits: [
      {
        file: 'shared/config/documents.ts',
        find: 'const isAllowed = (key: string): boolean => allowsKey(allowedMetadata, key);',
        put: "const isAllowed = (key: string): boolean => key !== '' || allowsKey(allowedMetadata, key);",
      },
    ],
    caughtBy: 'test/stack/settings.test.ts',
    shows: 'sets the labels of ALLOWED_METADATA and no others, and its problem says which',
  },
  {
    name: 'the version of an event is brought, and an older one replaces a newer one',
    edits: [
      {
        file: 'shared/sync.ts',
        find: "const delivery = { ...settings, pace: 'event', dryRun: false, safeguard } as const;",
        put: `const delivery = { ...settings, pace: 'event', dryRun: false, safeguard } as const;
  const asSaid: typeof ports.vault.read = (ref, by) =>
    task.announced === undefined ? ports.vault.read(ref, by) : ports.vault.readVersion(ref, task.announced.version, by);`,
      },
      {
        file: 'shared/sync.ts',
        find: '[...(await deliver(ports, free,',
        put: '[...(await deliver({ ...ports, vault: { ...ports.vault, read: asSaid } }, free,',
      },
      {
        file: 'shared/target/guards.ts',
        find: "return isStale(contribution.use, source, delivered) ? { keep: 'stale' } : contribution;",
        put: 'return contribution;',
      },
    ],
    caughtBy: 'test/stack/events.test.ts',
    shows: 'brings the latest version, even when the event is about an older one',
  },
  {
    name: 'the status is told without a key',
    edits: [
      {
        file: 'functions/http.ts',
        find: "app.http('status', { methods: ['GET'], authLevel: 'function',",
        put: "app.http('status', { methods: ['GET'], authLevel: 'anonymous',",
      },
    ],
    caughtBy: 'test/stack/owners.test.ts',
    shows: 'gets nothing else of the app: its other answers take keys',
  },
  {
    name: 'a caller who writes the header is an owner',
    edits: [BELIEVED],
    caughtBy: 'test/adapters/identity/owners.test.ts',
    shows: 'the platform signs nobody in, so that anybody could have written the header',
  },
  {
    name: 'a caller who writes the header gets in',
    edits: [BELIEVED],
    caughtBy: 'test/stack/owners.test.ts',
    shows: 'where the platform signs nobody in, and the app says why',
  },
];
