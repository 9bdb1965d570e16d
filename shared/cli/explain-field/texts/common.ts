const LABELS = {
  text: 'Labels of the document. Routes choose clusters by theirs; those of a route are for people.',
  example: { env: 'prod' },
};

export const COMMON = {
  apiVersion: { text: 'The version of this format.', example: 'vaultcast.dev/v1' },
  metadata: { text: 'What the document is called.', example: { name: 'app-1', labels: { team: 'blue' } } },
  'metadata.name': {
    text: 'The name by which commands, logs and other documents call it. Secrets record the name of their route: another name is another route.',
    example: 'app-1',
  },
  'metadata.labels': LABELS,
  'metadata.labels.*': { text: 'The value of a label.', example: 'prod' },
};
