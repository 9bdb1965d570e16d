import { paint } from '../terminal/text.ts';
import type { Io } from '../terminal/io.ts';
import { placeText } from './draft.ts';
import type { Converted, Origin } from './draft.ts';
import type { MadeRoute } from './routes.ts';

/** What became of one object (of several, where they make one Secret). */
export interface ReportItem {
  result: 'converted' | 'different' | 'cannot' | 'nothing';
  from: readonly Origin[];
  /** Name of the Route. */
  route?: string;
  /** `app-1/pg`, of each Secret that the route makes. */
  secrets?: readonly string[];
  /** Differences; why it cannot be, and what to do; why there is nothing to do. */
  notes: readonly string[];
}

export function itemOf(route: MadeRoute): ReportItem {
  const { draft, differences } = route;
  return {
    result: differences.length === 0 ? 'converted' : 'different',
    from: draft.origins,
    route: route.route.metadata.name,
    secrets: draft.namespaces.map((namespace) => placeText({ namespace, name: draft.secret })),
    notes: differences,
  };
}

export function itemOfOther(other: Exclude<Converted, { state: 'draft' }>): ReportItem {
  if (other.state === 'nothing') return { result: 'nothing', from: [other.origin], notes: [other.why] };
  const notes = other.obstacles.map(({ why, todo }) => `${why}. ${todo}`.trim());
  return { result: 'cannot', from: [other.origin], notes };
}

const HEADS = {
  converted: ['converted', 'green'],
  different: ['different', 'yellow'],
  cannot: ['cannot   ', 'red'],
  nothing: ['nothing  ', 'dim'],
} as const;

/** Each object with what became of it, in lines that fit a terminal, and the sums. */
export function reportText(io: Io, items: readonly ReportItem[]): string {
  if (items.length === 0) return 'Nothing of these tools was found.';
  const lines = items.flatMap(({ result, from, route, notes }) => {
    const [head, style] = HEADS[result];
    const what = from.map((origin) => `${origin.kind} ${placeText(origin)}`).join(', ');
    const to = route === undefined ? '' : ` -> Route ${route}`;
    return [`${paint(io, style, head)}  ${what}${to}`, ...notes.map((note) => `             ${note}`)];
  });
  return [...lines, '', sumsText(items)].join('\n');
}

function sumsText(items: readonly ReportItem[]): string {
  const count = (result: ReportItem['result']): number =>
    items.filter((item) => item.result === result).length;
  const [whole, part] = [count('converted'), count('different')];
  const parts = [
    `${whole + part} converted${part > 0 ? ` (${part} with a difference)` : ''}`,
    ...(count('cannot') > 0 ? [`${count('cannot')} cannot be`] : []),
    ...(count('nothing') > 0 ? [`${count('nothing')} need nothing`] : []),
  ];
  return `${parts.join(', ')}.`;
}
