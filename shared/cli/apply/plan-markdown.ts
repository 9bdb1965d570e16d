import type { Output } from '../../output/json-schema.ts';
import { harmless } from '../terminal/text.ts';

type Action = Output<'RegistryPlan'>['status']['actions'][number];

/** GitHub takes comments of 65,536 characters. */
const MOST_LINES = 60;
const MOST_CHARACTERS = 300;

/**
 * A plan as a comment on a pull request. Whoever opened that wrote what it shows, so that all of it stands in code spans:
 * nobody is mentioned, nothing is linked or drawn.
 */
export function planMarkdown({ status }: Output<'RegistryPlan'>): string {
  const { actions, consequences, judgements, predictions } = status;
  const changed = actions.filter(({ action }) => action !== 'unchanged');
  const said = judgements.map(({ level, place, document = '', message }) => {
    const about = message.startsWith(document) ? undefined : document;
    return `${level}: ${code([place, about, message])}`;
  });
  return [
    `### vaultcast: ${headline(changed)}`,
    ...section('Wrong', listed(said)),
    ...section('Registry', table(changed)),
    ...section('Consequences', listed(consequences.map((line) => code([line])))),
    ...section('In the clusters', listed(predictions.map((line) => code([line])))),
  ].join('\n\n');
}

function headline(changed: readonly Action[]): string {
  const counts = (['create', 'update', 'delete'] as const)
    .map((what) => ({ what, n: changed.filter(({ action }) => action === what).length }))
    .filter(({ n }) => n > 0);
  return counts.length === 0
    ? 'nothing to change'
    : counts.map(({ what, n }) => `${n} to ${what}`).join(', ');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`**${title}**`, lines.join('\n')];
}

function listed(lines: readonly string[]): string[] {
  return short(lines.map((line) => `- ${line}`));
}

function table(changed: readonly Action[]): string[] {
  if (changed.length === 0) return [];
  const rows = changed.flatMap((action) => {
    const start = [action.action, code([action.kind, action.name])];
    const changes = action.changes ?? [];
    if (changes.length === 0) return [row([...start, action.because ?? '', '', ''])];
    return changes.map(({ field, from, to }) => row([...start, code([field]), valueOf(from), valueOf(to)]));
  });
  return ['| | document | what | from | to |', '| --- | --- | --- | --- | --- |', ...short(rows)];
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const valueOf = (text: string | undefined): string => (text === undefined ? '(not set)' : code([text]));

function short(lines: readonly string[]): string[] {
  const more = lines.length > MOST_LINES ? [`\n… and ${lines.length - MOST_LINES} more`] : [];
  return [...lines.slice(0, MOST_LINES), ...more];
}

/** The words in a code span that no character of them ends, in a cell that none of them leaves. */
function code(words: readonly (string | undefined)[]): string {
  const text = harmless(words.filter((word) => word !== undefined).join(' ')).trim();
  const cut = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  return cut === '' ? '' : `\`${cut.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}
