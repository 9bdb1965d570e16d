import { below } from './text.ts';

/** What is taken of one secret: the same in every place that names one. */
const TAKEN = {
  secret: {
    text: 'The name of a secret in the vault. It must begin with the prefix of the route.',
    example: 'app-1--pg--password',
  },
  property: { text: 'Take this property of the document that the secret holds.', example: 'password' },
  pointer: {
    text: 'Take what stands at this JSON Pointer (RFC 6901) in the document.',
    example: '/db/0/password',
  },
  format: { text: 'How the document is written. Without it JSON is expected.', example: 'yaml' },
  encoding: {
    text: 'How the text stands for bytes: of the property where one is taken, else of the whole value. It wins over the tag file-encoding of the secret.',
    example: 'base64',
  },
  unescapeNewlines: {
    text: 'Make a line break of each \\n that stands there as two characters: for keys that were pasted into one line.',
    example: true,
  },
};

const FIELD = {
  text: { text: 'Write this text, which is no secret.', example: 'registry.example.com' },
  ...TAKEN,
};

const LOGINS = {
  logins: {
    text: 'Make a .dockerconfigjson of these logins, for type kubernetes.io/dockerconfigjson.',
    example: [
      {
        registry: { text: 'registry.example.com' },
        username: { secret: 'app-1--registry--user' },
        password: { secret: 'app-1--registry--password' },
      },
    ],
  },
  'logins[]': {
    text: 'The login of one registry.',
    example: {
      registry: { text: 'registry.example.com' },
      username: { text: 'robot' },
      password: { secret: 'app-1--registry--password' },
    },
  },
  'logins[].registry': { text: 'The host of the registry.', example: { text: 'registry.example.com' } },
  'logins[].username': { text: 'The user.', example: { secret: 'app-1--registry--user' } },
  'logins[].password': {
    text: 'The password: always a secret, for documents stand in Git.',
    example: { secret: 'app-1--registry--password' },
  },
  'logins[].email': {
    text: 'The address that some registries ask for.',
    example: { text: 'team@example.com' },
  },
  ...below('logins[].registry', FIELD),
  ...below('logins[].username', FIELD),
  ...below('logins[].password', TAKEN),
  ...below('logins[].email', FIELD),
};

/** One key of a Secret with layout explicit. */
export const ENTRY = {
  ...TAKEN,
  ...LOGINS,
  template: {
    text: 'A Liquid template that makes the text of the key out of several secrets.',
    example: 'postgres://{{ user | url_encode }}:{{ password | url_encode }}@pg.example.com/app',
  },
  secrets: {
    text: 'Name of a variable of the template -> what it stands for.',
    example: { user: 'app-1--pg--user', password: { secret: 'app-1--pg', property: 'password' } },
  },
  'secrets.*': {
    text: 'The name of a secret, or what is taken of one.',
    example: { secret: 'app-1--pg', property: 'password' },
  },
  ...below('secrets.*', TAKEN),
  certificate: {
    text: 'The name of a certificate (PKCS#12, PEM or DER) of which the key is made. It must begin with the prefix of the route.',
    example: 'app-1--web',
  },
  part: {
    text: 'What of the certificate: its chain, its key, the authority, a PKCS#12 store of both (p12), or one of the authorities alone (truststore).',
    example: 'chain',
  },
  as: {
    text: 'With part truststore: pkcs12 (without it, too) or pem. With values: how the file is written: json, yaml, env or properties.',
    example: 'pem',
  },
  password: {
    text: 'The name of the secret that opens the certificate and locks a store that is made of it; none where a store is to have no password.',
    example: 'app-1--web--password',
  },
  values: {
    text: 'Make a file of these names, written as as says.',
    example: { DB_USER: { secret: 'app-1--pg--user' }, DB_HOST: { text: 'pg.example.com' } },
  },
  'values.*': { text: 'What the name stands for.', example: { secret: 'app-1--pg--user' } },
  ...below('values.*', FIELD),
};
