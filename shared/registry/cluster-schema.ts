import { z } from 'zod';
import { API_VERSION, metadata, secretName } from './fields.ts';

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

const spec = z
  .strictObject({
    aks: armId.optional(),
    allowStaticCredentials: z.boolean().default(false),
    server: httpsUrl.optional(),
    certificateAuthorityData: pemBase64.optional(),
    credential: credential.optional(),
    paused: z.boolean().default(false),
    requireConsent: z.boolean().default(true),
    scope: z.enum(['namespace', 'cluster'], 'must be namespace or cluster').default('namespace'),
    orphans: z.enum(['keep', 'remove'], 'must be keep or remove').default('keep'),
  })
  .superRefine((value, context) => {
    const fail = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if ((value.aks === undefined) === (value.server === undefined))
      fail('server', 'exactly one of aks and server must be set');
    if (value.aks !== undefined && value.credential !== undefined)
      fail('credential', 'must not be set together with aks');
    if (value.aks !== undefined && value.certificateAuthorityData !== undefined)
      fail('certificateAuthorityData', 'must not be set together with aks: it is looked up');
    if (value.server !== undefined && value.credential === undefined)
      fail('credential', 'is needed together with server');
    if (value.server !== undefined && value.allowStaticCredentials)
      fail('allowStaticCredentials', 'only applies to aks');
  });

/** A registered Kubernetes API. */
export const clusterDocument = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('Cluster'),
  metadata,
  spec,
});

export type Cluster = z.output<typeof clusterDocument>;
