import { coldImport } from './cold-import.ts';
import { fanOuts } from './fan-out.ts';
import { hostGroups } from './host-groups.ts';
import { hugeVault } from './huge-vault.ts';
import { manySources } from './many-sources.ts';
import { newCluster } from './new-cluster.ts';
import { oneRotation } from './one-rotation.ts';
import { rollOuts } from './roll-out.ts';
import type { Scenario } from './scenario.ts';
import { slowCluster } from './slow-cluster.ts';
import { steadyRun } from './steady-run.ts';
import { storms } from './storms.ts';

/** In the order they run. */
export const scenarios: readonly Scenario[] = [
  coldImport,
  oneRotation,
  ...fanOuts,
  slowCluster,
  manySources,
  newCluster,
  rollOuts,
  steadyRun,
  hugeVault,
  ...storms,
  hostGroups,
];
