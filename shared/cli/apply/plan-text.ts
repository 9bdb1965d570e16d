import type { Output } from '../../output/json-schema.ts';
import { type RegistryPlan, rowOf } from '../../registry/plan.ts';
import { strandsOf } from '../../registry/strands.ts';
import { wrapped } from '../output/wrapped.ts';
import { harmless, paint } from '../terminal/text.ts';
import type { Io } from '../terminal/io.ts';

type Action = RegistryPlan['actions'][number];

/** The plan as people read it: changes, and what they strand. */
export function planText(io: Io, plan: RegistryPlan): string {
  const unchanged = count(plan, 'unchanged');
  const lines = [
    ...plan.actions.flatMap((action) => actionLines(io, action)),
    ...(unchanged > 0 ? [paint(io, 'dim', `  ${unchanged} unchanged`)] : []),
    ...section(io, 'Consequences', strandsOf(plan)),
  ];
  return lines.join('\n');
}

/** `2 to create, 1 to delete`. */
export function summaryOf(plan: RegistryPlan): string {
  const parts = (['create', 'update', 'delete'] as const)
    .map((what) => ({ what, n: count(plan, what) }))
    .filter(({ n }) => n > 0);
  return parts.map(({ what, n }) => `${n} to ${what}`).join(', ');
}

/** `Route app-1`. */
export function titleOf(action: Action): string {
  const { kind, name } = rowOf(action);
  return `${kind} ${harmless(name)}`;
}

/** `route/app-1`. */
export function nameOf(action: Action): string {
  return titleOf(action).toLowerCase().replace(' ', '/');
}

/** The same for programs. */
export function actionDocument(action: Action): Output<'RegistryPlan'>['status']['actions'][number] {
  return {
    action: action.do,
    ...rowOf(action),
    ...(action.do === 'update' ? { changes: action.changes } : {}),
    ...(action.do === 'delete' ? { because: action.reason } : {}),
  };
}

function actionLines(io: Io, action: Action): string[] {
  const title = titleOf(action);
  switch (action.do) {
    case 'create':
      return [paint(io, 'green', `+ create  ${title}`)];
    case 'update': {
      const changes = action.changes.flatMap(({ field, from, to }) =>
        wrapped(io, `${field}: ${from ?? '(not set)'} -> ${to ?? '(not set)'}`, ' '.repeat(12)),
      );
      return [paint(io, 'yellow', `~ update  ${title}`), ...changes];
    }
    case 'delete':
      return [`${paint(io, 'red', `- delete  ${title}`)}  (${action.reason})`];
    case 'unchanged':
      return [];
  }
}

function count(plan: RegistryPlan, what: Action['do']): number {
  return plan.actions.filter((action) => action.do === what).length;
}

const MAX_NOTES = 30;

function section(io: Io, title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length > MAX_NOTES ? [`  … and ${lines.length - MAX_NOTES} more`] : [];
  return [
    '',
    paint(io, 'bold', title),
    ...lines.slice(0, MAX_NOTES).flatMap((line) => wrapped(io, line, '  ')),
    ...more,
  ];
}
