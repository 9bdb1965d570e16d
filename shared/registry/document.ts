import { z } from 'zod';
import { clusterDocument } from './cluster-schema.ts';
import { routeDocument } from './route-schema.ts';

/** The one source of validation, types and JSON Schema for registry documents. */
export const registryDocument = z.discriminatedUnion('kind', [clusterDocument, routeDocument]);

export type RegistryDocument = z.output<typeof registryDocument>;
export type { Cluster } from './cluster-schema.ts';
export type { Route } from './route-schema.ts';
export type { BadRow } from './bad-row.ts';
