import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { metricsTable } from '../../infra/metrics.ts';
import { METRICS } from '../../shared/output/metrics.ts';
import { INFRA } from './bicep/file.ts';

const document = readFileSync(join(INFRA, 'metrics.md'), 'utf8');

it('the documentation lists every metric with type, unit, labels and meaning, as npm run metrics writes them', () => {
  const [, section = ''] = /<!-- npm run metrics -->\n(.*)<!-- \/npm run metrics -->/s.exec(document) ?? [];
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );

  expect(rows).toEqual(metricsTable());
  expect(rows.length).toBe(Object.keys(METRICS).length);
});

it('every metric in an example of the documentation exists', () => {
  const named = [...document.matchAll(/\bvaultcast_\w+/g)].map(([name]) => name);

  expect(named.length).toBeGreaterThan(Object.keys(METRICS).length);
  expect(named.filter((name) => !(name in METRICS))).toEqual([]);
});
