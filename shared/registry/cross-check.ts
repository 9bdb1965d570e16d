import type { Finding, ReadDocument } from './problem.ts';

const idOf = ({ document }: ReadDocument): string => `${document.kind} ${document.metadata.name}`;

/** What no single document can say: a name stands once. Route names are unique across vaults, too. */
export function findDuplicates(documents: readonly ReadDocument[]): Finding[] {
  const first = new Map<string, ReadDocument>();
  const problems: Finding[] = [];
  for (const read of documents) {
    const earlier = first.get(idOf(read));
    if (earlier === undefined) first.set(idOf(read), read);
    else {
      const where = `${earlier.place.file}:${earlier.place.line}`;
      problems.push({
        place: read.place,
        rule: 'duplicate',
        title: idOf(read),
        field: 'metadata.name',
        message: `is already used at ${where}; names must be unique`,
      });
    }
  }
  return problems;
}
