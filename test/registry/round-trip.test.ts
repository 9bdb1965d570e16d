import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { changesBetween } from '../../shared/registry/diff.ts';
import { registryDocument } from '../../shared/registry/document.ts';
import { readDocuments } from '../../shared/registry/read.ts';
import { fromRow, toRow } from '../../shared/registry/row.ts';
import { stored } from '../support/documents.ts';
import { reaching, SEED } from '../support/reach.ts';

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,10}[a-z0-9])?$/);
const segment = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const labels = fc.dictionary(
  label,
  fc.oneof(label, fc.constantFrom('true', '1.10', 'null', 'yes', '0o17', '')),
);
const anyText = fc.string({ unit: 'grapheme', maxLength: 200, size: 'max' });

const cluster = fc.record({
  apiVersion: fc.constant('vaultcast.dev/v1'),
  kind: fc.constant('Cluster'),
  metadata: fc.record({ name: label, labels: optional(labels) }),
  spec: fc.record({
    server: label.map((host) => `https://${host}.example.com/k8s/clusters/1`),
    credential: fc.constantFrom({ entra: { scope: 'api://x/.default' } }, { token: { secret: 'Weu-1' } }),
    paused: optional(fc.boolean()),
    scope: optional(fc.constantFrom('namespace', 'cluster')),
  }),
});

const route = fc
  .record({
    first: segment,
    name: label,
    text: anyText,
    property: anyText,
    namespaces: fc.array(label, { minLength: 1 }),
  })
  .chain(({ first, name, text, property, namespaces }) =>
    fc.record({
      apiVersion: fc.constant('vaultcast.dev/v1'),
      kind: fc.constant('Route'),
      metadata: fc.constant({ name }),
      spec: fc.record({
        vault: fc.constant('team'),
        prefix: fc.constantFrom(`${first}--`, `${first.toUpperCase()}--`),
        clusters: fc.oneof(fc.constant({ names: [name] }), fc.constant({ matchLabels: { env: 'true' } })),
        namespaces: fc.constantFrom(namespaces, { fromSegment: 1 }),
        layout: fc.constant('explicit'),
        name: fc.constant(name),
        data: fc.constant({
          'tls.key': { secret: `${first}--x`, ...(property === '' ? {} : { property }) },
          ...(text === '' ? {} : { '1': { template: text, secrets: { x: `${first}--x` } } }),
        }),
        annotations: optional(fc.dictionary(label, anyText)),
        paused: optional(fc.boolean()),
      }),
    }),
  );

/** As documents come out of a file: no undefined in them. */
const written = fc.oneof(cluster, route).map((document) => JSON.parse(JSON.stringify(document)) as unknown);

const printed = (document: unknown): string =>
  stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });

it('stores a document and gives it back as it was written', ({ task }) =>
  reaching(task, { 'a cluster': 'often', 'a route': 'often' }, (saw) => {
    const property = fc.property(written, (document) => {
      const { kind } = stored(document).document;
      saw('a cluster', kind === 'Cluster');
      saw('a route', kind === 'Route');
      const row = toRow(stored(document));
      expect(Object.values(row).every((column) => column.length <= 30_000)).toBe(true);
      expect(fromRow(kind, row)).toEqual(stored(document));
    });
    fc.assert(property, { seed: SEED });
  }));

it('reads its own YAML and JSON back without a difference', ({ task }) =>
  reaching(task, { 'several documents': 'often', 'a long text': 'often' }, (saw) => {
    const documentsOfAFile = fc.array(written, { minLength: 1, maxLength: 4, size: 'max' });
    const property = fc.property(documentsOfAFile, (documents) => {
      saw('several documents', documents.length > 1);
      saw('a long text', JSON.stringify(documents).length > 2000);
      for (const text of [documents.map(printed).join('---\n'), JSON.stringify(documents, undefined, 2)]) {
        const read = readDocuments('f', text);
        expect(read.problems).toEqual([]);
        expect(read.documents.map((one) => one.written)).toEqual(documents);
        for (const [index, one] of read.documents.entries())
          expect(changesBetween(registryDocument.parse(documents[index]), one.document)).toEqual([]);
      }
    });
    fc.assert(property, { seed: SEED });
  }));
