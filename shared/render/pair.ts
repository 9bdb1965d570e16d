import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type Bundle, CertificateError } from '../certificate/bundle.ts';
import { isOpen, openBundle } from '../certificate/open.ts';
import { identityIn } from '../certificate/chain.ts';
import { certificatesPem, keyPem } from './certificates.ts';
import { RenderRefusal } from './refusal.ts';

/** One half of a pair: its bytes, and the secrets they are made of. */
interface Half {
  bytes: Buffer;
  sources: string;
}

/**
 * A certificate and its key as servers read them: the key fits, the leaf comes first, then its issuers. What is right already
 * stays byte by byte; what is DER, in another order or on one line is written anew. `now` in Unix seconds. Rejects with
 * RenderRefusal.
 */
export async function checkedPair(
  crt: Half,
  key: Half,
  now: number,
): Promise<{ crt: Buffer; key: Buffer; notes: string[] }> {
  const { certificates } = await opened(crt, 'tls.crt');
  const { keys } = await opened(key, 'tls.key');
  if (certificates.length === 0)
    throw new RenderRefusal('the key tls.crt holds no certificate in PEM or DER');
  if (keys.length === 0) throw new RenderRefusal('the key tls.key holds no private key in PEM or DER');
  const identity = pairOf({ certificates, keys }, crt.sources, now);
  const { chain, root, notes } = identity;
  const isInOrder = [chain, root === undefined ? chain : [...chain, root]].some((wanted) =>
    sameCertificates(wanted, certificates),
  );
  return {
    crt: isInOrder && isReadable(crt.bytes) ? crt.bytes : certificatesPem(chain),
    key: keys.length === 1 && isReadableKey(key.bytes) ? key.bytes : keyPem(identity.key),
    notes: isInOrder ? notes : [...notes, `the certificates of secret ${crt.sources} were put in order`],
  };
}

async function opened({ bytes, sources }: Half, name: string): Promise<Bundle> {
  if (!isOpen(bytes)) return { certificates: [], keys: derKeys(bytes) };
  try {
    const keys = derKeys(bytes);
    return keys.length > 0 ? { certificates: [], keys } : await openBundle(bytes, { source: sources });
  } catch (error) {
    if (error instanceof CertificateError) throw new RenderRefusal(`the key ${name}: ${error.message}`);
    throw error;
  }
}

/** A private key in DER, in one of its three forms. */
function derKeys(bytes: Buffer): Bundle['keys'] {
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const)
    try {
      return [createPrivateKey({ key: bytes, format: 'der', type })];
    } catch {
      // another form, or none
    }
  return [];
}

function pairOf(bundle: Bundle, sources: string, now: number) {
  try {
    return identityIn(bundle, sources, now);
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new RenderRefusal('the private key in tls.key fits no certificate in tls.crt');
  }
}

const sameCertificates = (left: readonly X509Certificate[], right: readonly X509Certificate[]): boolean =>
  left.length === right.length &&
  left.every((one, index) => right[index]?.fingerprint256 === one.fingerprint256);

const BEGIN = '-----BEGIN CERTIFICATE-----';
const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Whether it is PEM of which OpenSSL takes every certificate as it is written. */
function isReadable(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  const blocks = text.match(BLOCK) ?? [];
  if (blocks.length === 0 || blocks.length < text.split(BEGIN).length - 1) return false;
  try {
    return blocks.every((block) => new X509Certificate(block).raw.length > 0);
  } catch {
    return false;
  }
}

function isReadableKey(bytes: Buffer): boolean {
  try {
    createPrivateKey(bytes);
    return bytes.includes('-----BEGIN ');
  } catch {
    return false;
  }
}
