import type { Figure } from '../report/row.ts';

/** One thing that is measured, in a world of its own. */
export interface Scenario {
  /** For `--only`. */
  name: string;
  /** `say`: what it is doing, for whoever waits. */
  run: (say: (text: string) => void) => Promise<Figure[]>;
}
