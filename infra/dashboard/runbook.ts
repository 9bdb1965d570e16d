import type { Runbook } from '../../shared/cli/dashboard/views.ts';

/**
 * The runbook taken apart, for a page that shows the entry of a code where the code is. Links become their text: what they
 * lead to lies in the repository.
 */
export function runbookIn(markdown: string): Runbook {
  const entries = markdown.split(/^### /m).slice(1);
  const coded = entries.flatMap((entry) => {
    const [title = '', ...lines] = entry.split(/^## /m, 1).join('').split('\n');
    return /^[A-Z_]+$/.test(title) ? [[title, pointsIn(lines.join('\n'))] as const] : [];
  });
  return Object.fromEntries(coded);
}

/** The points of a list, such as `- **Means**: …`; a line that is indented goes on with the one above. */
function pointsIn(text: string): Runbook[string] {
  const points = text.matchAll(/^- \*\*(?<about>[^*]+)\*\*: (?<text>.*(?:\n {2,}.*)*)/gm);
  return [...points].map(({ groups = {} }) => ({
    about: groups['about'] ?? '',
    text: partsOf((groups['text'] ?? '').replaceAll(/\s+/g, ' ')),
  }));
}

function partsOf(text: string): Runbook[string][number]['text'] {
  const plain = text.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll('**', '');
  return plain
    .split(/(`[^`]+`)/)
    .filter((part) => part !== '')
    .map((part) =>
      part.startsWith('`') ? { text: part.slice(1, -1), code: true } : { text: part, code: false },
    );
}
