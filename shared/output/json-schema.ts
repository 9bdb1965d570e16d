import { z } from 'zod';
import { clusterList, registryPlan, routeList, validation } from './registry-schema.ts';
import { type run, runList } from './run-schema.ts';
import { type problem, problemList, secretStatus, statusReport, type target, targetList } from './schema.ts';

/** Every kind of document that vaultcast prints or answers with. */
export const OUTPUT_KINDS = {
  TargetList: targetList,
  ProblemList: problemList,
  RunList: runList,
  ClusterList: clusterList,
  RouteList: routeList,
  SecretStatus: secretStatus,
  RegistryPlan: registryPlan,
  Validation: validation,
  StatusReport: statusReport,
} as const;

/** Those, and what stands in their lists. */
type Kinds = typeof OUTPUT_KINDS & { Target: typeof target; Problem: typeof problem; Run: typeof run };

/** A document of a kind. */
export type Output<K extends keyof Kinds> = z.output<Kinds[K]>;

/** The JSON Schema of a kind, as files of schemas/ hold it. */
export function outputJsonSchema(kind: keyof typeof OUTPUT_KINDS): object {
  const title = `vaultcast ${kind}`;
  // Documents of the registry are printed as they were written: defaults may be left out.
  return { title, ...z.toJSONSchema(OUTPUT_KINDS[kind], { io: 'input' }) };
}
