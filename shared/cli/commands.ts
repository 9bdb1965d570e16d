import { addAdopt } from './adopt/adopt.ts';
import { addApply } from './apply/apply.ts';
import type { AddCommand } from './command.ts';
import { addCheck } from './check.ts';
import { addCluster } from './cluster/cluster.ts';
import { addCompletion } from './completion/completion.ts';
import { addDelete } from './delete.ts';
import { addExplain } from './explain/explain.ts';
import { addGet } from './get/get.ts';
import { addNamespace } from './namespace.ts';
import { addPush } from './push.ts';
import { addPlan, addReconcile } from './reconcile.ts';
import { addRender } from './render/render.ts';
import { addSchema } from './schema.ts';

/** In the order of the help. */
export const COMMANDS: readonly AddCommand[] = [
  addApply,
  addGet,
  addExplain,
  addDelete,
  addRender,
  addCheck,
  addPlan,
  addReconcile,
  addPush,
  addNamespace,
  addAdopt,
  addCluster,
  addSchema,
  addCompletion,
];
