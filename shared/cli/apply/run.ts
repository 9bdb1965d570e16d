import { planApply } from '../../registry/plan.ts';
import type { RegistryPlan } from '../../registry/plan.ts';
import type { ApplyOptions } from './apply.ts';
import { reconcileAfter } from './reconcile.ts';
import { change } from './change.ts';
import type { Context } from '../command.ts';
import { readAll } from '../connect/files.ts';
import type { ExitCode } from '../terminal/io.ts';
import { predictWith } from './predict.ts';

/** The files are read and checked first: a typo in one costs no request. */
export async function apply(options: ApplyOptions, context: Context): Promise<ExitCode> {
  const { io, openRegistry } = context;
  const documents = await readAll(options.filename, io);
  const registry = await openRegistry(options, io);
  const { existing, missing } = await registry.list(io.signal);
  const wanted = documents.map(({ written, document }) => ({ written, document }));
  const plan = planApply(wanted, existing, { prune: options.prune === true });
  const afterwards = (done: RegistryPlan): Promise<ExitCode> => reconcileAfter(done, options, context);
  return change(plan, registry, io, {
    ...options,
    missing,
    predict: predictWith(options, context),
    afterwards,
  });
}
