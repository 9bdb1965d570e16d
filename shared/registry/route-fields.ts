import { z } from 'zod';
import {
  dataKey,
  namespaceName,
  objectName,
  routeAnnotations,
  routeLabels,
  labels,
  vaultAlias,
} from './fields.ts';
import { dataEntry, renderOptions } from './data-entry.ts';

// The pattern comes before the lower-casing: String.toLowerCase turns a Kelvin sign into a plain k.
const prefix = z
  .string()
  .regex(
    /^(?:(?!-)(?!.*---)[0-9A-Za-z-]{1,127})?$/,
    'must end in "--", or be one whole secret name, or be "" together with allSecrets: true',
  )
  .refine((text) => text === '' || text.endsWith('--') || !text.endsWith('-'), 'must not end in a single "-"')
  .toLowerCase();

const glob = z
  .string()
  .regex(/^[0-9A-Za-z*?-]{1,127}$/, 'must be a name pattern of letters, digits, "-", "*" and "?"')
  .toLowerCase();

const RESERVED_TYPES = ['kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token'];

const secretType = z
  .string()
  .min(1)
  .max(253)
  .refine(
    (type) => !RESERVED_TYPES.includes(type),
    'must not be a token type: those grant access to the cluster',
  );

const fate = z.enum(['keep', 'remove'], 'must be keep or remove').default('keep');

const clusters = z.union(
  [
    z.strictObject({
      matchLabels: labels.refine((l) => Object.keys(l).length > 0, 'must name at least one label'),
    }),
    z.strictObject({ names: z.array(objectName).min(1) }),
  ],
  'must be {matchLabels: {…}} or {names: […]}',
);

const namespaces = z.union(
  [
    z.array(namespaceName).min(1, 'must name at least one namespace'),
    z.strictObject({ fromSegment: z.int().min(1).max(20) }),
  ],
  'must be a list of namespace names or {fromSegment: N}',
);

/** https://kubernetes.io/docs/reference/labels-annotations-taints/ and ValidateAnnotationsSize of Kubernetes. */
const MAX_ANNOTATION_BYTES = 262_144;

const annotations = routeAnnotations.refine(
  (all) => Buffer.byteLength(Object.entries(all).flat().join('')) <= MAX_ANNOTATION_BYTES,
  `must have at most ${MAX_ANNOTATION_BYTES} bytes in all`,
);

const shape = {
  name: objectName.optional(),
  key: dataKey.optional(),
  data: z.record(dataKey, dataEntry).optional(),
  type: secretType.default('Opaque'),
  keyCase: z.enum(['lower', 'UPPER_SNAKE'], 'must be lower or UPPER_SNAKE').default('lower'),
  ...renderOptions,
  labels: routeLabels.optional(),
  annotations: annotations.optional(),
  immutable: z.boolean().default(false),
};

/** Long enough for a person's or a pipeline's next write, and shorter than any pause in a rotation. */
const DEBOUNCE_MAX_S = 600;

const debounce = z
  .string()
  .regex(/^[1-9]\d{0,3}[sm]$/, 'must be a duration such as 5s or 2m')
  .refine((text) => durationMs(text) <= DEBOUNCE_MAX_S * 1000, `must be at most ${DEBOUNCE_MAX_S / 60}m`);

/** Of `5s` or `2m`, in ms. */
export function durationMs(text: string): number {
  return Number.parseInt(text, 10) * (text.endsWith('m') ? 60_000 : 1000);
}

export const routeSpec = z.strictObject({
  vault: vaultAlias,
  prefix,
  allSecrets: z.boolean().default(false),
  clusters,
  namespaces,
  match: z
    .strictObject({
      names: z.array(glob).min(1).optional(),
      tags: z.record(z.string().min(1), z.string()).optional(),
    })
    .optional(),
  exclude: z.array(glob).optional(),
  layout: z.enum(['service', 'flat', 'explicit'], 'must be service, flat or explicit').default('service'),
  ...shape,
  onDisabled: fate,
  onDeleted: fate,
  onExpired: fate,
  honourNotBefore: z.boolean().default(true),
  /** How long an event waits for others of the same Secret, so that what is rotated together is written together. */
  debounce: debounce.optional(),
  paused: z.boolean().default(false),
});
