import { stringify } from 'yaml';

/** No line is folded and no alias is made: what was written comes back, for people to edit and programs to read. */
export function yamlText(documents: readonly unknown[]): string {
  const options = { lineWidth: 0, aliasDuplicateObjects: false };
  return documents.map((document) => stringify(document, options).trimEnd()).join('\n---\n');
}
