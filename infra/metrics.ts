import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { METRICS } from '../shared/output/metrics.ts';

const DOCUMENT = join(import.meta.dirname, 'metrics.md');
const SECTION = /(<!-- npm run metrics -->\n).*(<!-- \/npm run metrics -->)/s;

/** Every metric as a row of the documentation, from the one table that names them. */
export function metricsTable(): string[][] {
  return Object.entries(METRICS).map(([name, { labels, help, ...rest }]) => [
    `\`${name}\``,
    'gauge',
    'unit' in rest ? rest.unit : '',
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
}

const HEAD = [
  ['name', 'type', 'unit', 'labels', 'what it says'],
  ['-', '-', '-', '-', '-'],
];

if (process.argv[1] === import.meta.filename) {
  const table = [...HEAD, ...metricsTable()].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const text = await readFile(DOCUMENT, 'utf8');
  await writeFile(DOCUMENT, text.replace(SECTION, `$1\n${table}\n\n$2`));
}
