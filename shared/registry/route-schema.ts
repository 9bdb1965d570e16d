import { z } from 'zod';
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

export type Route = z.output<typeof routeDocument>;
