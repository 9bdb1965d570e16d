/** Names that only a deployment, the file of contexts or the schema knows. */
export type Names = 'clusters' | 'routes' | 'secrets' | 'runs' | 'contexts' | 'fields';

const OF_OPTIONS: Readonly<Record<string, Names>> = {
  '--at': 'contexts',
  '--cluster': 'clusters',
  '--confirm-removals': 'runs',
  '--route': 'routes',
  '--secret': 'secrets',
};

/** What the arguments of a command are, by the words before them. */
const OF_ARGUMENTS: readonly (readonly [RegExp, Names])[] = [
  [/^check\b/, 'clusters'],
  [/^explain-field$/, 'fields'],
  [/^context (?:use|set|delete)$/, 'contexts'],
  [/^(?:push|explain|wait)$/, 'secrets'],
  [/^render$/, 'routes'],
  [/^(?:get|delete) clusters?\b/, 'clusters'],
  [/^(?:get|delete) routes?\b/, 'routes'],
  [/^get runs?\b/, 'runs'],
];

/** Options after which a word is no argument, besides those above. */
const WITH_VALUE = /^(?:-[fno]|--(?:filename|namespace|output|registry|registry-account|storage|vault-url))$/;

/** Command and arguments of the words so far. */
export function withoutOptions(words: readonly string[]): string[] {
  return words.filter((word, index) => {
    const before = words[index - 1] ?? '';
    return !word.startsWith('-') && !WITH_VALUE.test(before) && OF_OPTIONS[before] === undefined;
  });
}

/**
 * Which names can come next, if any.
 * @param words the words so far, without options and their values
 * @param last the last one with options
 */
export function wantedNames(words: readonly string[], last: string): Names | undefined {
  if (last.startsWith('-')) return OF_OPTIONS[last];
  const line = words.join(' ');
  return OF_ARGUMENTS.find(([before]) => before.test(line))?.[1];
}
