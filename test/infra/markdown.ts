/** Headings with the anchor GitHub gives them: lower case, spaces to "-", punctuation dropped. */
export function headingsOf(text: string): { level: number; title: string; anchor: string }[] {
  return [...text.matchAll(/^(#{1,6}) (.+)$/gm)].map(([, marks = '', title = '']) => ({
    level: marks.length,
    title,
    anchor: title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  }));
}

/** Text below each third-level heading, up to the next heading. */
export function entriesOf(text: string): Map<string, string> {
  const parts = text.split(/^(?=#{1,6} )/m).filter((part) => part.startsWith('### '));
  return new Map(
    parts.map((part) => [part.slice(4, part.indexOf('\n')).trim(), part.slice(part.indexOf('\n'))]),
  );
}

/** Targets of links, without those that leave the repository. */
export function localLinks(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) =>
    target === undefined || /^[a-z]+:/.test(target) ? [] : [target],
  );
}
