import { expect } from 'vitest';
import type { TaskMeta } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** How often a property reached what it is about; printed by fuzz/figures.ts. */
    reach?: Readonly<Record<string, Reached>>;
  }
}

export interface Reached {
  /** Cases that were it. */
  hits: number;
  /** Cases that could have been it. */
  of: number;
  /** Why so few are enough, where they are few. */
  because?: string;
}

/** The share (0 to 1) of cases that must be it. Below 0.3 a property mostly tries something else, so that needs a reason. */
export type Floor = 'often' | { least: number; because: string };

/** The same cases every time, so that no floor is missed by chance; SEED tries others. */
export const SEED = Number(process.env['SEED'] ?? 20_261_120);

const OFTEN = 0.3;
const leastOf = (floor: Floor): number => (floor === 'often' ? OFTEN : floor.least);

/** Tells of a case that it was this, or could have been and was not. */
export type Saw<K extends string> = (name: K, was: boolean) => void;

/** Whether so few hits are no chance, were the share what it must be: three standard deviations below it, or none at all. */
const isRare = ({ hits, of }: Reached, least: number): boolean =>
  hits === 0 || hits + 3 * Math.sqrt(of * least * (1 - least)) < of * least;

/**
 * Counts how often the cases of a property reach what they are made for, and fails when they seldom do: a property whose
 * cases never get there proves nothing.
 */
export async function reaching<K extends string>(
  { meta }: { meta: TaskMeta },
  floors: Readonly<Record<K, Floor>>,
  property: (saw: Saw<K>) => void | Promise<void>,
): Promise<void> {
  const seen: Record<string, Reached> = {};
  meta.reach = seen;
  await property((name, was) => {
    const { hits, of } = seen[name] ?? { hits: 0, of: 0 };
    seen[name] = { hits: hits + Number(was), of: of + 1 };
  });
  const rare = Object.entries<Floor>(floors).flatMap(([name, floor]) => {
    const { hits, of } = seen[name] ?? { hits: 0, of: 1 };
    if (floor !== 'often' && hits < OFTEN * of) seen[name] = { hits, of, because: floor.because };
    return isRare({ hits, of }, leastOf(floor)) ? [`${name}: ${hits} of ${of}`] : [];
  });
  expect(rare).toEqual([]);
}
