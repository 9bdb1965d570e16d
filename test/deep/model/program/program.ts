import type { Setting } from '../world/shape.ts';
import type { Salted } from './steps.ts';

/** A world, and what happens in it. */
export interface Program {
  /**
   * `calm`: rotations that are all told of, and deletions by hand, whatever fails meanwhile: events and messages alone must
   * bring every target up to date. `any`: anything; runs must.
   */
  kind: 'any' | 'calm';
  setting: Setting;
  steps: readonly Salted[];
}
