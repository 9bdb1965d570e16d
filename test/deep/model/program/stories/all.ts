import {
  rotationWithCompany,
  stalledCreate,
  restoredVault,
  laterVersion,
  brokenVersion,
  laggingVault,
} from './vault.ts';
import { removal, orphans, bulk, foreignKey } from './removals.ts';
import { recreation, consent, contest, handiwork, pause, orders, registryEdit } from './people.ts';
import { outage, recovery, longFailure, crashes, busyRuns } from './trouble.ts';
import type { Story } from './weave.ts';

/** `weight`: how often it is told beside the others. */
export interface NamedStory {
  weight: number;
  name: string;
  story: Story;
}

export const STORIES: readonly NamedStory[] = [
  { weight: 6, name: 'rotationWithCompany', story: rotationWithCompany },
  { weight: 3, name: 'stalledCreate', story: stalledCreate },
  { weight: 6, name: 'removal', story: removal },
  { weight: 4, name: 'orphans', story: orphans },
  { weight: 4, name: 'outage', story: outage },
  { weight: 4, name: 'restoredVault', story: restoredVault },
  { weight: 6, name: 'recreation', story: recreation },
  { weight: 4, name: 'consent', story: consent },
  { weight: 3, name: 'contest', story: contest },
  { weight: 4, name: 'handiwork', story: handiwork },
  { weight: 2, name: 'foreignKey', story: foreignKey },
  { weight: 4, name: 'recovery', story: recovery },
  { weight: 3, name: 'laterVersion', story: laterVersion },
  { weight: 3, name: 'brokenVersion', story: brokenVersion },
  { weight: 4, name: 'laggingVault', story: laggingVault },
  { weight: 1, name: 'longFailure', story: longFailure },
  { weight: 3, name: 'pause', story: pause },
  { weight: 4, name: 'crashes', story: crashes },
  { weight: 3, name: 'busyRuns', story: busyRuns },
  { weight: 4, name: 'orders', story: orders },
  { weight: 3, name: 'registryEdit', story: registryEdit },
];

/** Of the wide fleet. */
export const WIDE_STORIES: readonly NamedStory[] = [{ weight: 20, name: 'bulk', story: bulk }, ...STORIES];

/** Nothing but rotations and deletions by hand, whatever fails meanwhile. */
export const CALM_STORIES: readonly NamedStory[] = [
  { weight: 6, name: 'rotationWithCompany', story: rotationWithCompany },
  { weight: 5, name: 'stalledCreate', story: stalledCreate },
];
