import { z } from 'zod';
import { secretName } from './fields.ts';

/** How the values of secrets become the keys of a Secret: the options of a route that rendering reads. */

const encoding = z.enum(['utf-8', 'base64', 'base64url', 'hex'], 'must be utf-8, base64, base64url or hex');

/** How a secret that holds several properties writes them. */
const format = z.enum(['json', 'yaml', 'env', 'properties'], 'must be json, yaml, env or properties');

const property = z.string().min(1);

/** RFC 6901. */
const pointer = z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'must be a JSON Pointer such as /db/password');

/** What is taken of one secret: its whole value or one property, by name or by JSON Pointer. */
const taken = z
  .strictObject({
    secret: secretName,
    property: property.optional(),
    pointer: pointer.optional(),
    format: format.optional(),
    /** Of the selected property, otherwise of the whole value; then it wins over the secret's own tag. */
    encoding: encoding.optional(),
    /** The two characters `\n` become a line break: keys that were pasted into one line. */
    unescapeNewlines: z.boolean().optional(),
  })
  .refine(
    (one) => one.property === undefined || one.pointer === undefined,
    'property and pointer exclude each other',
  )
  .refine(
    (one) => one.format === undefined || one.property !== undefined || one.pointer !== undefined,
    'format only applies to a property or a pointer',
  );

const literal = z.strictObject({ text: z.string().min(1).max(1024, 'must have at most 1024 characters') });

const field = z.union([literal, taken], 'must be {secret: …} or {text: …}');

const parts = z.enum(
  ['chain', 'key', 'ca', 'p12', 'truststore'],
  'must be chain, key, ca, p12 or truststore',
);

/** No password, said so: the empty one, which is what readers mean by none. */
export const NO_PASSWORD = 'none';

/**
 * A key made from one part of a certificate (PKCS#12 or PEM). `password` names the secret that opens it, and locks a store
 * that is made of it.
 */
const fromCertificate = z
  .strictObject({
    certificate: secretName,
    part: parts,
    as: z.enum(['pkcs12', 'pem'], 'must be pkcs12 or pem').optional(),
    password: secretName.optional(),
    encoding: encoding.optional(),
  })
  .refine(({ part, as }) => as === undefined || part === 'truststore', 'as only applies to part truststore')
  .refine(
    (one) => !isStore(one) || one.password !== undefined,
    'a store needs password, the secret that holds it, or password: none',
  )
  .refine(
    (one) => isStore(one) || one.password !== NO_PASSWORD,
    'password: none only applies to a store: part p12, or truststore as pkcs12',
  );

/** Whether the part is a PKCS#12 store, which a password locks. */
function isStore({ part, as }: { part: string; as?: string | undefined }): boolean {
  return part === 'p12' || (part === 'truststore' && as !== 'pem');
}

/** The logins of a .dockerconfigjson. A password is always a secret: documents stand in Git. */
const fromLogins = z.strictObject({
  logins: z
    .array(z.strictObject({ registry: field, username: field, password: taken, email: field.optional() }))
    .min(1, 'must hold at least one login')
    .max(20, 'must hold at most 20 logins'),
});

/** A key made from several secrets. */
const fromTemplate = z.strictObject({
  template: z.string().min(1).max(32_768, 'must have at most 32768 characters'),
  /** Variable name in the template -> secret, or what is taken of one. */
  secrets: z.record(
    z.string().regex(/^[A-Za-z_]\w{0,62}$/, 'must be a variable name'),
    z.union([secretName, taken], 'must be the name of a secret or {secret: …}'),
  ),
});

const MOST_VALUES = 200;

/** A key made from several secrets, as a file that programs read. */
const fromValues = z
  .strictObject({ as: format, values: z.record(z.string().min(1).max(253), field) })
  .refine(({ values }) => {
    const count = Object.keys(values).length;
    return count > 0 && count <= MOST_VALUES;
  }, `values must hold 1 to ${MOST_VALUES} names`)
  .refine(
    ({ as, values }) => as !== 'env' || Object.keys(values).every((name) => /^[A-Za-z_]\w*$/.test(name)),
    'names of environment variables have letters, digits and "_"',
  );

export const dataEntry = z.union(
  [taken, fromTemplate, fromCertificate, fromLogins, fromValues],
  'must be {secret: …}, {template: …, secrets: {…}}, {certificate: …, part: …}, {logins: […]} or {as: …, values: {…}}',
);

export type DataEntry = z.output<typeof dataEntry>;

/** Options for the layouts that make Secrets of whole secrets (service and flat). */
export const renderOptions = {
  encoding: encoding.optional(),
  format: format.optional(),
  json: z
    .union(
      [
        z.literal('expand'),
        z.strictObject({ property }),
        z.strictObject({ pointer, expand: z.literal(true, 'must be true').optional() }),
        z.strictObject({
          select: z
            .array(property)
            .min(1, 'must name at least one property')
            .refine((names) => new Set(names).size === names.length, 'must name each property once'),
          pointer: pointer.optional(),
        }),
      ],
      'must be expand, {property: …}, {pointer: …}, {pointer: …, expand: true} or {select: […]}',
    )
    .optional(),
  certificate: z.literal('expand', 'must be expand').optional(),
  unescapeNewlines: z.boolean().default(false),
};

/** What a route's `json` makes of a document: one key of one part, or a key of every property (or of those named). */
type JsonForm =
  | { kind: 'whole' }
  | { kind: 'part'; by: 'property' | 'pointer'; at: string }
  | { kind: 'keys'; names: readonly string[] | undefined; pointer: string | undefined };

export function jsonForm(json: z.output<typeof renderOptions.json>): JsonForm {
  if (json === undefined) return { kind: 'whole' };
  if (json === 'expand') return { kind: 'keys', names: undefined, pointer: undefined };
  if ('select' in json) return { kind: 'keys', names: json.select, pointer: json.pointer };
  if ('property' in json) return { kind: 'part', by: 'property', at: json.property };
  if (json.expand === undefined) return { kind: 'part', by: 'pointer', at: json.pointer };
  return { kind: 'keys', names: undefined, pointer: json.pointer };
}

/** What an entry takes of secrets, certificates and their passwords aside. */
export function takingsOf(entry: DataEntry): z.output<typeof taken>[] {
  if ('secret' in entry) return [entry];
  if ('certificate' in entry) return [];
  if ('template' in entry)
    return Object.values(entry.secrets).map((one) => (typeof one === 'string' ? { secret: one } : one));
  const fields =
    'values' in entry
      ? Object.values(entry.values)
      : entry.logins.flatMap(({ registry, username, password, email }) => [
          registry,
          username,
          password,
          ...(email === undefined ? [] : [email]),
        ]);
  return fields.filter((one) => 'secret' in one);
}

/** The secrets that an entry of `data` is made from, each once. */
export function secretsOfEntry(entry: DataEntry): string[] {
  if (!('certificate' in entry)) return [...new Set(takingsOf(entry).map(({ secret }) => secret))];
  const { certificate, password } = entry;
  const isNamed = password !== undefined && password !== NO_PASSWORD && password !== certificate;
  return isNamed ? [certificate, password] : [certificate];
}
