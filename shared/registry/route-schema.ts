import { z } from 'zod';
import {
  API_VERSION,
  dataKey,
  metadata,
  namespaceName,
  objectName,
  routeAnnotations,
  routeLabels,
  secretName,
  labels,
  vaultAlias,
} from './fields.ts';

const prefix = z
  .string()
  .toLowerCase()
  .refine(
    (text) =>
      text === '' || (/^[0-9a-z-]{1,127}$/.test(text) && !text.includes('---') && !text.startsWith('-')),
    'must end in "--", or be one whole secret name, or be "" together with allSecrets: true',
  )
  .refine(
    (text) => text === '' || text.endsWith('--') || !text.endsWith('-'),
    'must not end in a single "-"',
  );

const glob = z
  .string()
  .regex(/^[0-9A-Za-z*?-]{1,127}$/, 'must be a name pattern of letters, digits, "-", "*" and "?"')
  .toLowerCase();

const encoding = z.enum(['utf-8', 'base64', 'base64url', 'hex'], 'must be utf-8, base64, base64url or hex');

/** One property of a JSON secret: by name, or by JSON Pointer (RFC 6901). */
const property = {
  property: z.string().min(1).optional(),
  pointer: z
    .string()
    .regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'must be a JSON Pointer')
    .optional(),
};

const fromSecret = z
  .strictObject({ secret: secretName, encoding: encoding.optional(), ...property })
  .refine(
    (value) => value.property === undefined || value.pointer === undefined,
    'property and pointer exclude each other',
  );

const fromTemplate = z.strictObject({
  template: z.string().min(1).max(32_768, 'must have at most 32768 characters'),
  /** Variable name in the template -> secret. */
  secrets: z.record(z.string().regex(/^[A-Za-z_]\w{0,62}$/, 'must be a variable name'), secretName),
});

export const RESERVED_TYPES = ['kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token'];

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

const shape = {
  name: objectName.optional(),
  key: dataKey.optional(),
  data: z
    .record(
      dataKey,
      z.union([fromSecret, fromTemplate], 'must be {secret: …} or {template: …, secrets: {…}}'),
    )
    .optional(),
  type: secretType.default('Opaque'),
  keyCase: z.enum(['lower', 'UPPER_SNAKE'], 'must be lower or UPPER_SNAKE').default('lower'),
  encoding: encoding.optional(),
  labels: routeLabels.optional(),
  annotations: routeAnnotations.optional(),
  immutable: z.boolean().default(false),
};

const spec = z
  .strictObject({
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
    paused: z.boolean().default(false),
  })
  .superRefine((route, context) => {
    const fail = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    if ((route.prefix === '') !== route.allSecrets)
      fail(['prefix'], '"" and allSecrets: true only go together');
    if (route.layout === 'service' && route.prefix !== '' && !route.prefix.endsWith('--'))
      fail(
        ['layout'],
        'service needs a prefix that ends in "--": with one whole secret name use flat or explicit',
      );
    if (route.layout !== 'explicit' && route.name !== undefined)
      fail(['name'], 'only applies to layout explicit');
    if (route.layout !== 'explicit' && route.data !== undefined)
      fail(['data'], 'only applies to layout explicit');
    if (route.layout === 'explicit' && route.name === undefined)
      fail(['name'], 'is needed with layout explicit');
    if (route.layout === 'explicit' && route.data === undefined)
      fail(['data'], 'is needed with layout explicit');
    if (route.layout !== 'flat' && route.key !== undefined) fail(['key'], 'only applies to layout flat');
    for (const [key, entry] of Object.entries(route.data ?? {}))
      for (const secret of 'secret' in entry ? [entry.secret] : Object.values(entry.secrets))
        if (
          route.prefix.endsWith('--') || route.prefix === ''
            ? !secret.startsWith(route.prefix)
            : secret !== route.prefix
        )
          fail(['data', key], `secret ${secret} is outside the route's prefix ${route.prefix}`);
  });

/** A rule: secrets of a vault with a prefix go to namespaces of some clusters. */
export const routeDocument = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('Route'),
  metadata,
  spec,
});

export type Route = z.output<typeof routeDocument>;
