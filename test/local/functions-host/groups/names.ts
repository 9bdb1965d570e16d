import type { Knobs } from '../settings/knobs.ts';
import type { IndexedFunction } from '../worker/messages.ts';

const HTTP_TRIGGERS = ['httpTrigger', 'eventGridTrigger'];

export const isHttp = ({ trigger }: IndexedFunction): boolean => HTTP_TRIGGERS.includes(trigger.type);

/** The scale group of a function on Flex Consumption: each group has instances of its own. */
export function groupOf(fn: IndexedFunction, mode: Knobs['groups']): string {
  if (mode === 'one') return 'all';
  return isHttp(fn) ? 'http' : `function:${fn.name}`;
}
