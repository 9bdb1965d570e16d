import { describe, expect, it } from 'vitest';
import { problemText } from '../../shared/registry/problem.ts';
import { readDocuments } from '../../shared/registry/read.ts';

const read = (text: string) => {
  const { documents, problems } = readDocuments('registry.yaml', text);
  return { documents, problems: problems.map(problemText) };
};

const CLUSTER = `apiVersion: vaultcast.dev/v1
kind: Cluster
metadata: {name: weu-1, labels: {env: prod}}
spec:
  server: https://weu-1.example.com
  credential: {token: {secret: weu-1-token}}
`;
const ROUTE = `apiVersion: vaultcast.dev/v1
kind: Route
metadata: {name: app-1}
spec:
  vault: team
  prefix: app-1--
  clusters: {matchLabels: {env: prod}}
  namespaces: [app-1]
`;

describe('reading a file', () => {
  it('gives every document as written and with its defaults; empty ones do not count', () => {
    const { documents, problems } = read(`# a registry\n---\n${CLUSTER}---\n\n---\n${ROUTE}...\n`);

    expect(problems).toEqual([]);
    expect(documents.map(({ place }) => place)).toEqual([
      { file: 'registry.yaml', line: 3, number: 1 },
      { file: 'registry.yaml', line: 12, number: 2 },
    ]);
    expect(documents[1]?.written).not.toHaveProperty('spec.layout');
    expect(documents[1]?.document).toHaveProperty('spec.layout', 'service');
  });

  it.each([
    ['nothing', '', 0],
    ['comments only', '# nothing\n---\n# here\n', 0],
    ['a byte order mark', `\ufeff${CLUSTER}`, 1],
    ['Windows line ends', CLUSTER.replaceAll('\n', '\r\n'), 1],
    ['an anchor used twice', `${CLUSTER.replace('{env: prod}', '&l {env: prod}')}---\n${ROUTE}`, 2],
  ])('takes %s', (_, text, count) => {
    expect(read(text)).toMatchObject({ documents: { length: count }, problems: [] });
  });

  it('takes JSON, one document or a list of them, indented with tabs', () => {
    const cluster: unknown = read(CLUSTER).documents[0]?.written;

    expect(read(JSON.stringify(cluster, undefined, '\t'))).toMatchObject({ documents: { length: 1 } });
    expect(read(JSON.stringify([cluster, cluster], undefined, '\t'))).toMatchObject({
      documents: [{ place: { number: 1 } }, { place: { number: 2, line: 20 } }],
      problems: [],
    });
  });

  it.each([
    [
      'a field that stands twice',
      `${CLUSTER}  server: https://b\n`,
      'registry.yaml:7: document 1: a field stands here twice',
    ],
    ['a tab as indent', 'spec:\n\taks: x\n', 'registry.yaml:2: document 1: a tab must not be used to indent'],
    [
      'a list as a field name',
      '[a]: x\n',
      'registry.yaml:1: document 1: a field name must be text: put it in quotes',
    ],
    ['a tag', 'a: !!binary aGk=\n', 'registry.yaml:1: document 1: YAML tags (!…) must not be used'],
    [
      'an alias without anchor',
      'a: b\nc: *x\n',
      'registry.yaml:2: document 1: *x has no anchor &x before it in this document: an anchor ends with its document (---)',
    ],
    [
      'an alias before its anchor',
      'a: &y b\nc: [*y, *x]\nd: &x e\n',
      'registry.yaml:2: document 1: *x has no anchor &x before it in this document: an anchor ends with its document (---)',
    ],
    [
      'an alias of an anchor in the document before',
      `${CLUSTER.replace('kind: ', 'kind: &x ')}---\na: *x\n`,
      /^registry\.yaml:\d+: document 2: \*x has no anchor &x before it in this document/,
    ],
    ['brackets without end', '['.repeat(20_000), 'registry.yaml:1: document 1: it is nested too deep'],
    ['plain text', 'hello', 'registry.yaml:1: document 1: found "hello", must be a mapping'],
    ['a broken second document', `${CLUSTER}---\na: [\n`, /^registry\.yaml:\d+: document 2: /],
  ])('names the place of %s', (_, text, problem) => {
    const { problems } = read(text);

    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it('refuses aliases that multiply', () => {
    const lines = ['a: &a [1,1,1,1,1,1,1,1,1]'];
    for (let i = 1; i < 9; i += 1)
      lines.push(
        `k${i}: &k${i} [${Array(9)
          .fill(i === 1 ? '*a' : `*k${i - 1}`)
          .join()}]`,
      );

    expect(read(lines.join('\n')).problems).toEqual([
      'registry.yaml:1: document 1: an alias (*…) is used too often',
    ]);
  });

  it('cannot be fooled by names of prototypes', () => {
    const { problems } = read(`${ROUTE}  __proto__: {paused: true}\n  constructor: x\n`);

    expect(problems.map((text) => text.replace(/ \(known here.*/, ''))).toEqual([
      'registry.yaml:9: Route app-1 (document 1): spec.__proto__: unknown field',
      'registry.yaml:10: Route app-1 (document 1): spec.constructor: unknown field',
    ]);
  });

  it('refuses a document that would not fit into a row', () => {
    const keys = Array.from(
      { length: 20 },
      (_, i) => `    k${i}: {template: "${'x'.repeat(30_000)}", secrets: {}}`,
    );
    const text = `${ROUTE}  layout: explicit\n  name: big\n  data:\n${keys.join('\n')}\n`;

    expect(read(text).problems).toEqual([expect.stringContaining('must have at most 400000')]);
  });
});
