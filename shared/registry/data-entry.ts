import { z } from 'zod';
import { secretName } from './fields.ts';

/** How the values of secrets become the keys of a Secret: the options of a route that rendering reads. */

const encoding = z.enum(['utf-8', 'base64', 'base64url', 'hex'], 'must be utf-8, base64, base64url or hex');

export type Encoding = z.output<typeof encoding>;

const property = z.string().min(1);

/** RFC 6901. */
const pointer = z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'must be a JSON Pointer such as /db/password');

/** One property of a JSON secret: by name, or by JSON Pointer. */
const selection = { property: property.optional(), pointer: pointer.optional() };

const isOneSelection = (value: { property?: string | undefined; pointer?: string | undefined }): boolean =>
  value.property === undefined || value.pointer === undefined;

const ONE_SELECTION = 'property and pointer exclude each other';

/** A key made from one secret. */
const fromSecret = z
  .strictObject({
    secret: secretName,
    /** Of the selected property, otherwise of the whole value; then it wins over the secret's own tag. */
    encoding: encoding.optional(),
    ...selection,
    /** The two characters `\n` become a line break: keys that were pasted into one line. */
    unescapeNewlines: z.boolean().optional(),
  })
  .refine(isOneSelection, ONE_SELECTION);

const parts = z.enum(['chain', 'key', 'ca', 'p12'], 'must be chain, key, ca or p12');

/** A key made from one part of a certificate (PKCS#12 or PEM). */
const fromCertificate = z
  .strictObject({ certificate: secretName, part: parts, password: secretName.optional() })
  .refine(
    ({ part, password }) => (part === 'p12') === (password !== undefined),
    'password, the secret that holds it, is needed with part p12 and only there',
  );

const literal = z.strictObject({ text: z.string().min(1).max(1024, 'must have at most 1024 characters') });

const fieldSecret = z
  .strictObject({ secret: secretName, ...selection })
  .refine(isOneSelection, ONE_SELECTION);

const field = z.union([literal, fieldSecret], 'must be {secret: …} or {text: …}');

/** The logins of a .dockerconfigjson. A password is always a secret: documents stand in Git. */
const fromLogins = z.strictObject({
  logins: z
    .array(
      z.strictObject({
        registry: field,
        username: field,
        password: fieldSecret,
        email: field.optional(),
      }),
    )
    .min(1, 'must hold at least one login')
    .max(20, 'must hold at most 20 logins'),
});

/** A key made from several secrets. */
const fromTemplate = z.strictObject({
  template: z.string().min(1).max(32_768, 'must have at most 32768 characters'),
  /** Variable name in the template -> secret. */
  secrets: z.record(z.string().regex(/^[A-Za-z_]\w{0,62}$/, 'must be a variable name'), secretName),
});

export const dataEntry = z.union(
  [fromSecret, fromTemplate, fromCertificate, fromLogins],
  'must be {secret: …}, {template: …, secrets: {…}}, {certificate: …, part: …} or {logins: […]}',
);

export type DataEntry = z.output<typeof dataEntry>;
export type FromSecret = z.output<typeof fromSecret>;
export type FromCertificate = z.output<typeof fromCertificate>;
export type FromLogins = z.output<typeof fromLogins>;
export type FromTemplate = z.output<typeof fromTemplate>;
export type LoginField = z.output<typeof field>;

/** Options for the layouts that make Secrets of whole secrets (service and flat). */
export const renderOptions = {
  encoding: encoding.optional(),
  json: z
    .union(
      [z.literal('expand'), z.strictObject({ property }), z.strictObject({ pointer })],
      'must be expand, {property: …} or {pointer: …}',
    )
    .optional(),
  certificate: z.literal('expand', 'must be expand').optional(),
  unescapeNewlines: z.boolean().default(false),
};

/** The secrets that an entry of `data` is made from, each once. */
export function secretsOfEntry(entry: DataEntry): string[] {
  if ('secret' in entry) return [entry.secret];
  if ('certificate' in entry)
    return entry.password === undefined ? [entry.certificate] : [entry.certificate, entry.password];
  if ('template' in entry) return [...new Set(Object.values(entry.secrets))];
  const fields = entry.logins.flatMap(({ registry, username, password, email }) => [
    registry,
    username,
    password,
    ...(email === undefined ? [] : [email]),
  ]);
  return [...new Set(fields.flatMap((one) => ('secret' in one ? [one.secret] : [])))];
}
