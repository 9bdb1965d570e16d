import type { Field } from './fields.ts';
import { exampleOf, formOf } from './show.ts';

const HEAD = `# Fields of registry documents

Made by \`npm run fields\` from the schema: correct the texts in \`shared/cli/explain-field/texts\`, not here.
\`vaultcast explain-field spec.layout\` says the same in a terminal; \`vaultcast schema\` says it to editors.

\`[]\` is an entry of a list, \`*\` any key of a mapping. A field that is not needed has a default, or means nothing when it is left
out.`;

/** The reference of every field as Markdown, up to date by a test. */
export function referenceText(fields: readonly Field[]): string {
  const kinds = [...new Set(fields.map(({ kind }) => kind))];
  const parts = kinds.map((kind) => [
    `## ${kind}`,
    ...fields.filter((field) => field.kind === kind).map(entryText),
  ]);
  return `${[HEAD, ...parts.flat()].join('\n\n')}\n`;
}

function entryText(field: Field): string {
  const example = exampleOf(field)
    .split('\n')
    .map((line) => `  ${line}`);
  return [
    `- **\`${field.path}\`** (${formOf(field)}): ${field.text}`,
    '',
    '  ```yaml',
    ...example,
    '  ```',
  ].join('\n');
}
