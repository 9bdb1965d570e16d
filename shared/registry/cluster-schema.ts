import { z } from 'zod';
import { API_VERSION, metadata, secretName } from './fields.ts';
import { rulesBetween } from './rules.ts';

/** How a cluster that is not AKS knows us; the AKS form needs none, its tokens are for the AKS server application. */
const credential = z.union(
  [
    z.strictObject({
      entra: z.strictObject({ scope: z.string().min(1, 'must name a scope listed in CLUSTER_SCOPES') }),
    }),
    z.strictObject({ token: z.strictObject({ secret: secretName }) }),
    z.strictObject({ clientCertificate: z.strictObject({ secret: secretName }) }),
  ],
  'must be one of {entra: {scope}}, {token: {secret}}, {clientCertificate: {secret}}',
);

const httpsUrl = z
  .string()
  .refine((text) => URL.canParse(text) && new URL(text).protocol === 'https:', 'must be an https:// URL')
  .refine((text) => {
    if (!URL.canParse(text)) return true;
    const url = new URL(text);
    return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  }, 'must have no user, query or fragment');

const armId = z
  .string()
  .regex(
    /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[-\w.()]{1,90}\/providers\/Microsoft\.ContainerService\/managedClusters\/[-\w]{1,63}$/i,
    'must be the ARM id of a managed cluster: /subscriptions/…/providers/Microsoft.ContainerService/managedClusters/NAME',
  );

const pemBase64 = z
  .string()
  .refine(
    (text) => Buffer.from(text, 'base64').toString('latin1').includes('-----BEGIN CERTIFICATE-----'),
    'must be base64 of PEM certificates, as in a kubeconfig',
  );

export const clusterSpec = z.strictObject({
  aks: armId.optional(),
  allowStaticCredentials: z.boolean().default(false),
  server: httpsUrl.optional(),
  certificateAuthorityData: pemBase64.optional(),
  credential: credential.optional(),
  paused: z.boolean().default(false),
  requireConsent: z.boolean().default(true),
  scope: z.enum(['namespace', 'cluster'], 'must be namespace or cluster').default('namespace'),
  orphans: z.enum(['keep', 'remove'], 'must be keep or remove').default('keep'),
});

/** What no single field can say: rules between the fields of a cluster, but for fields that are themselves wrong. */
export const clusterBreaches = rulesBetween<z.output<typeof clusterSpec>>([
  {
    path: ['server'],
    message: 'exactly one of aks and server must be set',
    broken: ({ aks, server }) => (aks === undefined) === (server === undefined),
  },
  {
    path: ['credential'],
    message: 'must not be set together with aks',
    broken: ({ aks, credential: given }) => aks !== undefined && given !== undefined,
  },
  {
    path: ['certificateAuthorityData'],
    message: 'must not be set together with aks: it is looked up',
    broken: ({ aks, certificateAuthorityData }) =>
      aks !== undefined && certificateAuthorityData !== undefined,
  },
  {
    path: ['credential'],
    message: 'is needed together with server',
    broken: ({ server, credential: given }) => server !== undefined && given === undefined,
  },
  {
    path: ['allowStaticCredentials'],
    message: 'only applies to aks',
    broken: ({ server, allowStaticCredentials }) => server !== undefined && allowStaticCredentials,
  },
]);

const spec = clusterSpec.superRefine((cluster, context) => {
  for (const { path, message } of clusterBreaches(cluster))
    context.addIssue({ code: 'custom', path, message });
});

/** A registered Kubernetes API. */
export const clusterDocument = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('Cluster'),
  metadata,
  spec,
});
