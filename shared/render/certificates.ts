import type { X509Certificate } from 'node:crypto';
import type { SourceVersion } from '../source/source.ts';
import type { FromCertificate } from '../registry/data-entry.ts';
import type { Identity } from '../certificate/chain.ts';
import { type Made, oneKey } from './entry.ts';
import { identityOf, subjectOf } from './identity.ts';
import { refusing, RenderRefusal } from './refusal.ts';

/** A version of a secret that holds a certificate. */
interface Certified {
  version: SourceVersion;
  source: string;
}

interface Options {
  unescapeNewlines: boolean;
}

/** Java takes only ASCII there, whoever wrote the store. */
const NOT_ASCII = 'the password is not ASCII, so Java cannot open';

const isAscii = (text: string): boolean => /^\p{ASCII}*$/u.test(text);

const pem = (certificates: readonly X509Certificate[]): Buffer =>
  Buffer.from(certificates.map(String).join(''), 'utf8');

const keyPem = ({ key }: Identity): Buffer =>
  Buffer.from(key.export({ type: 'pkcs8', format: 'pem' }).toString(), 'utf8');

function notesOf({ strangers }: Identity, source: string): string[] {
  return strangers
    .map((one) => `certificate ${subjectOf(one)} of secret ${source} is not part of the chain: left out`)
    .sort();
}

/** tls.crt (leaf and intermediates), tls.key (PKCS#8), and ca.crt when the secret holds the root. */
export async function tlsKeys(version: SourceVersion, source: string, options: Options): Promise<Made> {
  const identity = await identityOf(version, source, options.unescapeNewlines);
  const { chain, root } = identity;
  const keys = new Map([
    ['tls.crt', pem(chain)],
    ['tls.key', keyPem(identity)],
  ]);
  if (root !== undefined) keys.set('ca.crt', pem([root]));
  return { keys, notes: notesOf(identity, source) };
}

/** One part of a certificate under a key of the route's choice. `password` is the text of its secret, for `p12`. */
export async function certificatePart(
  key: string,
  part: FromCertificate['part'],
  { version, source }: Certified,
  password: string | undefined,
  options: Options,
): Promise<Made> {
  const identity = await identityOf(version, source, options.unescapeNewlines);
  switch (part) {
    case 'chain':
      return { ...oneKey(key, pem(identity.chain)), notes: notesOf(identity, source) };
    case 'key':
      return oneKey(key, keyPem(identity));
    case 'ca':
      if (identity.root !== undefined) return oneKey(key, pem([identity.root]));
      throw new RenderRefusal(`secret ${source} holds no self-signed root for the key ${key}`);
    case 'p12': {
      const { writePfx } = await import('../certificate/pfx-write.ts');
      const made = await refusing(async () => oneKey(key, writePfx(identity, password ?? '', key)));
      return isAscii(password ?? '') ? made : { ...made, notes: [`${NOT_ASCII} ${key}`] };
    }
  }
}
