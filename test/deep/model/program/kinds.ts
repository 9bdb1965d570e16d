import { FAULTS, OUTAGES } from '../world/faults.ts';
import type { Program } from './program.ts';
import { STEP_KINDS } from './steps.ts';

/** Every kind of step, and of fault, that programs of a kind are made of. */
export function kindsOf(kind: Program['kind']): string[] {
  const faults = [...FAULTS, ...OUTAGES].map(({ name }) => `fault: ${name}`);
  return kind === 'any' ? [...STEP_KINDS, ...faults] : [...CALM_KINDS, ...faults];
}

const CALM_KINDS: readonly string[] = [
  ...STEP_KINDS.filter((kind) => kind.startsWith('go')),
  'rotate',
  'edit: delete',
  'event',
  'poll',
  'crash',
  'lag',
  'pass',
  'route: debounce',
];
