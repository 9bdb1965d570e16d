import type { KeyObject, X509Certificate } from 'node:crypto';
import { authoritiesIn, publicChainIn } from '../certificate/chain.ts';
import type { SourceVersion } from '../source/source.ts';
import { oneKey } from './entry.ts';
import { certified, identityOf } from './identity.ts';
import { RenderRefusal } from './refusal.ts';

type Reading = Parameters<typeof certified>[2];

/** A version of a secret that holds a certificate. */
interface Certified {
  version: SourceVersion;
  source: string;
  reading: Reading;
  /** What locks a store that is made of it; the empty password when the route says that there is none. */
  lock: string | undefined;
}

/** Java takes only these characters there, whoever wrote the store: a password from a file may end in a line break. */
const isPrintable = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);
const UNPRINTABLE =
  'the password holds more than printable ASCII (a line break, perhaps), so Java cannot open';

/** PEM of certificates, one after the other. */
export const certificatesPem = (certificates: readonly X509Certificate[]): Buffer =>
  Buffer.from(certificates.map(String).join(''), 'utf8');

/** PEM of a private key, PKCS#8. */
export const keyPem = (key: KeyObject): Buffer =>
  Buffer.from(key.export({ type: 'pkcs8', format: 'pem' }).toString(), 'utf8');

/** tls.crt (leaf and intermediates), tls.key (PKCS#8), and ca.crt when the secret holds the root. */
export async function tlsKeys(version: SourceVersion, source: string, reading: Reading) {
  const { encoding, unescapeNewlines } = reading;
  const identity = await identityOf(version, source, { encoding, unescapeNewlines });
  const { chain, root, key } = identity;
  const keys = new Map([
    ['tls.crt', certificatesPem(chain)],
    ['tls.key', keyPem(key)],
  ]);
  if (root !== undefined) keys.set('ca.crt', certificatesPem([root]));
  return { keys, notes: identity.notes };
}

/** Only the secret holds issuers. */
const BESIDE =
  'holds no certificate: the one that Key Vault has beside it was taken, which comes without issuers';

type Part = 'chain' | 'key' | 'ca' | 'p12' | 'truststore-pkcs12' | 'truststore-pem';

/** One part of a certificate under a key of the route's choice. Rejects with RenderRefusal. */
export async function certificatePart(key: string, part: Part, of: Certified) {
  const { version, source, reading } = of;
  switch (part) {
    case 'chain': {
      const found = await certified(version, source, reading, publicChainIn);
      const isPart = version.certificate !== undefined && found.root === undefined;
      const notes = [...found.notes, ...(isPart ? [`secret ${source} ${BESIDE}`] : [])];
      return { ...oneKey(key, certificatesPem(found.chain)), notes };
    }
    case 'key':
      return oneKey(key, keyPem((await identityOf(version, source, reading)).key));
    case 'ca': {
      const { root } = await certified(version, source, reading, publicChainIn);
      if (root !== undefined) return oneKey(key, certificatesPem([root]));
      throw new RenderRefusal(`secret ${source} holds no self-signed root for the key ${key}`);
    }
    case 'truststore-pem': {
      const found = await certified(version, source, reading, authoritiesIn);
      return { ...oneKey(key, certificatesPem(found.chain)), notes: found.notes };
    }
    case 'p12':
    case 'truststore-pkcs12':
      return store(key, part, of);
  }
}

async function store(
  key: string,
  part: 'p12' | 'truststore-pkcs12',
  { version, source, reading, lock = '' }: Certified,
) {
  if (lock === '' && reading.password !== undefined)
    throw new RenderRefusal(`the password for ${key} is empty: if there is to be none, say password: none`);
  // To OpenSSL, and so to most readers, a password ends there.
  if (lock.includes('\0')) throw new RenderRefusal(`the password for ${key} holds a NUL character`);
  const { writeIdentity, writeTruststore } = await import('../certificate/pfx-write.ts');
  const notes = isPrintable(lock) ? [] : [`${UNPRINTABLE} ${key}`];
  if (part === 'p12') {
    const identity = await identityOf(version, source, reading);
    return { ...oneKey(key, await writeIdentity(identity, lock)), notes };
  }
  const found = await certified(version, source, reading, authoritiesIn);
  const bytes = await writeTruststore(found.chain, lock);
  return { ...oneKey(key, bytes), notes: [...found.notes, ...notes] };
}
