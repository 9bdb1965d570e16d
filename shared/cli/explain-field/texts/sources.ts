/** Which secrets a route takes, and for whom. */
export const SOURCES = {
  vault: { text: 'The vault, by its alias in VAULTS of the app.', example: 'team' },
  prefix: {
    text: 'Which secrets: those whose names begin so (it ends in --), or one secret by its whole name. Capitals do not count. app-1-- takes nothing of app-10--. Empty only together with allSecrets: true.',
    example: 'app-1--',
  },
  allSecrets: {
    text: 'Take every secret of the vault; prefix is "" then. Said twice on purpose: an empty prefix by mistake would send everything.',
    example: true,
  },
  clusters: {
    text: 'Which clusters: by their labels or by their names.',
    example: { matchLabels: { env: 'prod' } },
  },
  'clusters.matchLabels': { text: 'Clusters that have all of these labels.', example: { env: 'prod' } },
  'clusters.matchLabels.*': { text: 'The value of a label.', example: 'prod' },
  'clusters.names': { text: 'These clusters.', example: ['weu-1', 'neu-1'] },
  'clusters.names[]': { text: 'The name of a Cluster.', example: 'weu-1' },
  namespaces: {
    text: 'Which namespaces of those clusters: by name, or {fromSegment: N}. Each of them must accept the secrets by its annotation vaultcast.dev/accept.',
    example: ['app-1'],
  },
  'namespaces[]': { text: 'The name of a namespace.', example: 'app-1' },
  'namespaces.fromSegment': {
    text: 'Take the namespace from the name of the secret: its segment of this number. The whole name counts, prefix included, and -- separates segments: in app-1--pg--password the first one is app-1.',
    example: 1,
  },
  match: {
    text: 'Take fewer: only secrets with one of these names (with layouts service and flat), and with all of these tags.',
    example: { names: ['app-1--pg--*'], tags: { tier: 'backend' } },
  },
  'match.names': {
    text: 'Patterns of whole names: * stands for any characters, ? for one. One of them must fit.',
    example: ['app-1--pg--*'],
  },
  'match.names[]': { text: 'A pattern of whole names.', example: 'app-1--pg--*' },
  'match.tags': { text: 'Tags that the secret must have, all of them.', example: { tier: 'backend' } },
  'match.tags.*': { text: 'The value of a tag.', example: 'backend' },
  exclude: {
    text: 'With layouts service and flat: patterns of whole names that are left out; * stands for any characters, ? for one.',
    example: ['app-1--internal--*'],
  },
  'exclude[]': { text: 'A pattern of whole names.', example: 'app-1--internal--*' },
};
