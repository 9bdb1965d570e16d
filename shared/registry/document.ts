import { z } from 'zod';
import { clusterDocument } from './cluster-schema.ts';
import { API_VERSION, metadata } from './fields.ts';
import { routeSpec } from './route-fields.ts';
import { breachesOf } from './route-rules.ts';

const spec = routeSpec.superRefine((route, context) => {
  for (const { path, message } of breachesOf(route)) context.addIssue({ code: 'custom', path, message });
});

/** A rule: secrets of a vault with a prefix go to namespaces of some clusters. */
export const routeDocument = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('Route'),
  metadata,
  spec,
});

/** The one source of validation, types and JSON Schema for registry documents. */
export const registryDocument = z.discriminatedUnion('kind', [clusterDocument, routeDocument]);

export type Cluster = z.output<typeof clusterDocument>;
export type Route = z.output<typeof routeDocument>;
export type RegistryDocument = Cluster | Route;

/** A registry row that does not satisfy the schema: reported, never applied, and it suspends removals. */
export interface BadRow {
  kind: RegistryDocument['kind'];
  name: string;
  /** Which field, what was found, what is allowed. */
  message: string;
}
