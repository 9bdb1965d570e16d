import { paint } from '../terminal/text.ts';
import type { Io } from '../terminal/io.ts';
import { placeText } from './draft.ts';
import type { ImportPlan } from './plan.ts';

const HEADS = {
  converted: ['converted', 'green'],
  different: ['different', 'yellow'],
  cannot: ['cannot   ', 'red'],
  nothing: ['nothing  ', 'dim'],
} as const;

/** Each object with what became of it, in lines that fit a terminal, and the sums. */
export function reportText(io: Io, items: ImportPlan['items']): string {
  if (items.length === 0) return 'Nothing of these tools was found.';
  const lines = items.flatMap(({ result, from, route, notes }) => {
    const [head, style] = HEADS[result];
    const what = from.map((origin) => `${origin.kind} ${placeText(origin)}`).join(', ');
    const to = route === undefined ? '' : ` -> Route ${route}`;
    return [`${paint(io, style, head)}  ${what}${to}`, ...notes.map((note) => `             ${note}`)];
  });
  return [...lines, '', sumsText(items)].join('\n');
}

function sumsText(items: ImportPlan['items']): string {
  const count = (result: keyof typeof HEADS): number => items.filter((item) => item.result === result).length;
  const [whole, part] = [count('converted'), count('different')];
  const parts = [
    `${whole + part} converted${part > 0 ? ` (${part} with a difference)` : ''}`,
    ...(count('cannot') > 0 ? [`${count('cannot')} cannot be`] : []),
    ...(count('nothing') > 0 ? [`${count('nothing')} need nothing`] : []),
  ];
  return `${parts.join(', ')}.`;
}
