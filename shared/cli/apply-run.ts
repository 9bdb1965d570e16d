import { planApply } from '../registry/plan.ts';
import type { ApplyOptions } from './apply.ts';
import { change } from './change.ts';
import type { Context } from './command.ts';
import { readAll } from './files.ts';
import type { ExitCode } from './io.ts';

/** The files are read and checked first: a typo in one costs no request. */
export async function apply(options: ApplyOptions, { io, openRegistry }: Context): Promise<ExitCode> {
  const documents = await readAll(options.filename, io);
  const registry = await openRegistry(options, io);
  const { existing, missing } = await registry.list(io.signal);
  const wanted = documents.map(({ written, document }) => ({ written, document }));
  const plan = planApply(wanted, existing, { prune: options.prune === true });
  return change(plan, registry, io, { ...options, missing });
}
