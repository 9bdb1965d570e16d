import { z } from 'zod';
import { clusterDocument } from '../registry/cluster-schema.ts';
import { routeDocument } from '../registry/document.ts';
import { count, head, listOf, time, word } from './schema.ts';

const change = z.strictObject({ field: word, from: z.string().optional(), to: z.string().optional() });

const judgement = z.strictObject({
  level: z.enum(['error', 'warning']),
  rule: word,
  document: word.optional(),
  place: word.optional().describe('file:line'),
  field: word.optional(),
  message: z.string(),
});

export const registryPlan = z.strictObject({
  ...head('RegistryPlan'),
  metadata: z.strictObject({ readAt: time, counts: z.record(z.string(), count).describe('actions by kind') }),
  status: z.strictObject({
    actions: z.array(
      z.strictObject({
        action: z.enum(['create', 'update', 'delete', 'unchanged']),
        kind: z.enum(['Cluster', 'Route']),
        name: word,
        changes: z.array(change).optional(),
        because: word.optional(),
      }),
    ),
    consequences: z.array(z.string()),
    judgements: z.array(judgement),
    predictions: z.array(z.string()).describe('which Secrets appear, change and go'),
  }),
});

export const validation = z.strictObject({
  ...head('Validation'),
  metadata: z.strictObject({ documents: count, counts: z.record(z.string(), count).describe('by level') }),
  judgements: z.array(judgement),
});

/** `vaultcast get clusters|routes`: each item is a document that `apply` takes. */
export const clusterList = listOf('ClusterList', clusterDocument);
export const routeList = listOf('RouteList', routeDocument);
