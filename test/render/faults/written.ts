import { type Fault, IT } from './fault.ts';
import { inLines, CERTIFIED, plain, tls } from './parts.ts';

/** Documents and texts. */
export const WRITTEN: readonly Fault[] = [
  ...['\n', '\r\n'].map((end) => ({
    ...plain,
    what: `base64 in lines that end in ${JSON.stringify(end)}`,
    value: () => inLines('hello\n', end),
    spec: { encoding: 'base64' },
    gives: { value: /^hello\n$/ },
  })),
  {
    ...plain,
    what: 'base64 with a character that is none',
    value: () => 'aGVs bG8=',
    spec: { encoding: 'base64' },
    gives: /the value of secret app-1--it is not base64/,
  },
  {
    ...plain,
    what: 'a property of JSON behind a byte order mark',
    value: () => '\uFEFF{"p":"x"}',
    spec: { json: { property: 'p' } },
    data: { value: { secret: IT, property: 'p' } },
    gives: { value: /^x$/ },
  },
  {
    ...plain,
    what: 'a document that has a property twice, beside the one that is taken',
    value: () => '{"p":"x","hunter2":1,"hunter2":2}',
    spec: { json: { property: 'p' } },
    data: { value: { secret: IT, property: 'p' } },
    gives: /^the value of secret app-1--it has a property that stands twice in its object$/,
  },
  {
    ...plain,
    what: 'a property of YAML that stands twice',
    value: () => 'p: 1\np: 2\n',
    spec: { json: { property: 'p' }, format: 'yaml' },
    data: { value: { secret: IT, property: 'p', format: 'yaml' } },
    gives: /^the value of secret app-1--it is not YAML$/,
  },
  {
    ...plain,
    what: 'a property of YAML',
    value: () => 'db:\n  password: "x: y"\n  port: 1.10\n',
    spec: { json: { pointer: '/db/port' }, format: 'yaml' },
    data: { value: { secret: IT, pointer: '/db/port', format: 'yaml' } },
    gives: { value: /^1\.10$/ },
  },
  {
    ...plain,
    what: 'properties below a pointer',
    value: () => '{"db":{"user":"u","password":"p"}}',
    spec: { json: { pointer: '/db', expand: true } },
    only: ['service', 'flat'],
    gives: { user: /^u$/, password: /^p$/ },
  },
  {
    ...plain,
    what: 'literal Windows line breaks',
    value: () => String.raw`a\r\nb\nc`,
    spec: { unescapeNewlines: true },
    gives: { value: /^a\nb\nc$/ },
  },
  {
    ...plain,
    what: 'real Windows line breaks, which are kept',
    value: () => 'a\r\nb',
    spec: {},
    gives: { value: /^a\r\nb$/ },
  },
  {
    ...tls,
    what: 'a PEM certificate on one line',
    value: ({ leaf }) => (leaf.key + leaf.cert).replaceAll('\n', ' '),
    gives: CERTIFIED,
  },
  {
    ...tls,
    what: 'a PEM certificate with literal line breaks, though nothing says so',
    value: ({ leaf }) => (leaf.key + leaf.cert).replaceAll('\n', String.raw`\n`),
    gives: /it has literal \\n, say unescapeNewlines: true/,
  },
];
