import { COMMON } from './common.ts';
import { ENTRY } from './data.ts';
import { SOURCES } from './sources.ts';
import { below } from './text.ts';

/** What the Secrets look like. */
const SHAPE = {
  layout: {
    text: 'How secrets become Secrets and keys. service: the first segment after the prefix is the Secret, the rest, joined with dots, its key (app-1--pg--tls--key -> Secret pg, key tls.key). flat: a Secret of its own for each secret, under its whole name. explicit: name and data say it.',
    example: 'explicit',
  },
  name: { text: 'With layout explicit: the name of the Secret.', example: 'postgres' },
  key: {
    text: 'With layout flat: the key of each Secret. Without it the key is value, or what the type asks for.',
    example: 'password',
  },
  data: {
    text: 'With layout explicit: each key of the Secret, and what it is made from.',
    example: { password: { secret: 'app-1--pg--password' } },
  },
  'data.*': {
    text: 'One key: a secret, a template, a part of a certificate, logins, or values.',
    example: { secret: 'app-1--pg--password' },
  },
  ...below('data.*', ENTRY),
  type: {
    text: 'The type of the Secret. Types that Kubernetes knows bring their keys: kubernetes.io/tls, kubernetes.io/dockerconfigjson, kubernetes.io/basic-auth, kubernetes.io/ssh-auth.',
    example: 'kubernetes.io/tls',
  },
  keyCase: {
    text: 'How keys are spelled: lower leaves them as the names of the secrets are; UPPER_SNAKE makes them names of environment variables (connection-string -> CONNECTION_STRING).',
    example: 'UPPER_SNAKE',
  },
  encoding: {
    text: 'How values stand for bytes. It wins over the tag file-encoding of a secret; without both a value is text.',
    example: 'base64',
  },
  format: {
    text: 'Beside json: how the documents are written. Without it JSON is expected.',
    example: 'yaml',
  },
  json: {
    text: 'The values are documents: expand makes a key of each property; property or pointer take one of them.',
    example: 'expand',
  },
  'json.property': { text: 'Take this property alone.', example: 'password' },
  'json.pointer': {
    text: 'Take, or begin with, what stands at this JSON Pointer (RFC 6901).',
    example: '/db',
  },
  'json.expand': { text: 'Make a key of each property of what stands at the pointer.', example: true },
  'json.select': { text: 'Make a key of each of these properties.', example: ['user', 'password'] },
  'json.select[]': { text: 'The name of a property.', example: 'password' },
  certificate: {
    text: 'expand makes tls.crt, tls.key and ca.crt of secrets that are certificates; others stay as they are.',
    example: 'expand',
  },
  unescapeNewlines: {
    text: 'Make a line break of each \\n that stands in a value as two characters: for keys that were pasted into one line.',
    example: true,
  },
  labels: {
    text: 'Labels of each Secret. ALLOWED_METADATA of the app must have their keys.',
    example: { tier: 'backend' },
  },
  'labels.*': { text: 'The value of a label.', example: 'backend' },
  annotations: {
    text: 'Annotations of each Secret. ALLOWED_METADATA of the app must have their keys.',
    example: { 'reloader.stakater.com/match': 'true' },
  },
  'annotations.*': { text: 'The value of an annotation.', example: 'true' },
  immutable: {
    text: 'Make Secrets immutable: kubelets stop watching them. A rotation then deletes the Secret and creates it anew, so it is absent for a moment.',
    example: true,
  },
};

/** When something is written, or taken away. */
const TIMES = {
  onDisabled: {
    text: 'What becomes of a key when the latest version of its secret is disabled: keep leaves it as it is; remove takes it away.',
    example: 'remove',
  },
  onDeleted: {
    text: 'What becomes of a key when its secret is deleted: keep leaves it as it is; remove takes it away. The Secret goes with its last key.',
    example: 'remove',
  },
  onExpired: {
    text: 'What becomes of a key when its secret has expired: keep delivers it all the same; remove takes it away.',
    example: 'remove',
  },
  honourNotBefore: {
    text: 'Deliver a version only from its not-before date on, and the one before it until then. false delivers it at once.',
    example: false,
  },
  debounce: {
    text: 'How long an event waits for others of the same Secret, at most 10m: what is rotated together is written together.',
    example: '10s',
  },
  paused: {
    text: 'Write and remove nothing of this route. Its Secrets are kept, and are brought up to date when it is false again.',
    example: true,
  },
};

export const ROUTE = {
  ...COMMON,
  kind: { text: 'A rule: which secrets of a vault become Secrets, and where.', example: 'Route' },
  spec: {
    text: 'What goes where, and as what.',
    example: {
      vault: 'team',
      prefix: 'app-1--',
      clusters: { matchLabels: { env: 'prod' } },
      namespaces: ['app-1'],
    },
  },
  ...below('spec', { ...SOURCES, ...SHAPE, ...TIMES }),
};
