import { parse } from 'yaml';
import { z } from 'zod';
import { VaultcastError } from '../../errors.ts';
import { baseAddress } from '../http.ts';

/** What vaultcast takes of a kubeconfig; an exec plugin in it is ignored, never run. */
interface Kubeconfig {
  server: string;
  /** PEM. */
  ca: string;
  /** The cluster's own credential, as clusters with local accounts hand it out: PEM, or a token. undefined: it asks Entra. */
  login: { certificate: string; key: string } | { token: string } | undefined;
}

const base64 = z.string().transform((text) => Buffer.from(text, 'base64').toString('utf8'));

const user = z.object({
  exec: z.unknown().optional(),
  'auth-provider': z.unknown().optional(),
  token: z.string().min(1).optional(),
  'client-certificate-data': base64.optional(),
  'client-key-data': base64.optional(),
});

const kubeconfig = z.object({
  clusters: z
    .array(z.object({ cluster: z.object({ server: z.string(), 'certificate-authority-data': base64 }) }))
    .min(1),
  users: z.array(z.object({ user })).min(1),
});

function loginOf(given: z.output<typeof user>): Kubeconfig['login'] {
  const { token, 'client-certificate-data': certificate, 'client-key-data': key } = given;
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  if (token !== undefined) return { token };
  if (given.exec !== undefined || given['auth-provider'] !== undefined) return undefined;
  throw unusable('it names no way to log in');
}

function unusable(why: string): VaultcastError {
  return new VaultcastError('CLUSTER_FAILED', `the kubeconfig that Azure gave is unusable: ${why}`);
}

/** Messages never quote it: it may hold a credential. */
function documentIn(text: string): z.output<typeof kubeconfig> {
  try {
    return kubeconfig.parse(parse(text));
  } catch {
    throw unusable('a field is missing');
  }
}

/** Azure gives one cluster and one user. Throws CLUSTER_FAILED. */
export function readKubeconfig(text: string): Kubeconfig {
  const { clusters, users } = documentIn(text);
  const [place, person] = [clusters[0]?.cluster, users[0]?.user];
  if (place === undefined || person === undefined) throw unusable('a field is missing');
  const ca = place['certificate-authority-data'];
  if (!ca.includes('-----BEGIN CERTIFICATE-----')) throw unusable('its authority is no certificate');
  return { server: baseAddress(place.server), ca, login: loginOf(person) };
}
