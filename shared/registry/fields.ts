import { z } from 'zod';

/** Field types that both kinds of registry document share. Messages say what is allowed; zod adds where it was. */
export const API_VERSION = 'vaultcast.dev/v1';

/** A DNS-1123 label: the name of a namespace. https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
export const namespaceName = z
  .string()
  .regex(
    /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
    'must be a namespace name: lower case letters, digits and "-", at most 63',
  );

/** A DNS-1123 subdomain: the name of a Secret, and of our own documents (a table key, so at most 253 plain characters). */
export const objectName = z
  .string()
  .max(253, 'must have at most 253 characters')
  .regex(
    /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/,
    'must be a Kubernetes object name: lower case letters, digits, "-" and "."',
  );

/** A key inside a Secret's `data`. */
export const dataKey = z
  .string()
  .max(253, 'must have at most 253 characters')
  .regex(/^[-._a-zA-Z0-9]+$/, 'must be a Secret key: letters, digits, "-", "_" and "."')
  .refine((key) => key !== '.' && !key.startsWith('..'), 'must not be "." or start with ".."');

/** The alias under which VAULTS names a vault; the length limits are Key Vault's own for vault names. */
export const vaultAlias = z
  .string()
  .regex(/^[a-z0-9-]{3,24}$/, 'must be a vault alias: 3 to 24 of a-z, 0-9 and "-"');

/** A Key Vault secret name, lower-cased: Key Vault ignores case, so do we. */
export const secretName = z
  .string()
  .regex(/^[0-9A-Za-z-]{1,127}$/, 'must be a Key Vault secret name: letters, digits and "-", at most 127')
  .toLowerCase();

const labelValue = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/,
    'must be a label value of at most 63 characters',
  );

const qualifiedName = z
  .string()
  .regex(
    /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'must be a qualified name such as env or example.com/env',
  );

export const labels = z.record(qualifiedName, labelValue);

const reserved = (key: string): boolean =>
  key.includes('vaultcast.dev/') || key === 'app.kubernetes.io/managed-by';

const withoutOurs = (metadata: Record<string, string>): boolean => !Object.keys(metadata).some(reserved);

/** Labels a route may put on its Secrets: never those that say who owns them. */
export const routeLabels = labels.refine(
  withoutOurs,
  'must not set vaultcast.dev/ or app.kubernetes.io/managed-by',
);

/** Annotations a route may put on its Secrets. */
export const routeAnnotations = z
  .record(qualifiedName, z.string().max(4096, 'must have at most 4096 characters'))
  .refine(withoutOurs, 'must not set vaultcast.dev/ or app.kubernetes.io/managed-by');

/** The name of a set of documents, which stands in a column, in a flag and in messages. */
export const setName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9._/-]{0,98}[a-z0-9])?$/, 'must be 1 to 100 of a-z, 0-9, ".", "_", "/" and "-"');

export const metadata = z.strictObject({ name: objectName, labels: labels.optional() });
