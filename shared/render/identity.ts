import { X509Certificate } from 'node:crypto';
import type { Bundle } from '../certificate/bundle.ts';
import { CertificateError } from '../certificate/bundle.ts';
import { isOpen, openBundle } from '../certificate/open.ts';
import { identityIn } from '../certificate/chain.ts';
import type { Route } from '../registry/document.ts';
import type { SourceVersion } from '../source/source.ts';
import { decoded, unescaped } from './bytes.ts';
import { blaming, RenderRefusal } from './refusal.ts';
import { valueBytes, valueOf, valueText } from './value.ts';

/** How a secret holds its certificate. */
interface Reading extends Pick<Route['spec'], 'encoding'> {
  unescapeNewlines?: boolean | undefined;
  password?: string | undefined;
}

/**
 * One version feeds several keys and, in a push, many targets: it is opened once for each way to read it. The memory goes
 * with the version itself, which is held only as long as a push takes.
 */
const opened = new WeakMap<SourceVersion, Map<string, Promise<Bundle>>>();

/** Key, certificate and issuers of a secret that holds a certificate. Rejects with RenderRefusal. */
export function identityOf(version: SourceVersion, source: string, reading: Reading = {}) {
  return certified(version, source, reading, identityIn);
}

/** What `choose` takes of the certificates in a secret, judged at the moment when the secret was read. */
export async function certified<T>(
  version: SourceVersion,
  source: string,
  reading: Reading,
  choose: (bundle: Bundle, source: string, now: number) => T,
): Promise<T> {
  return refusing(source, async () =>
    choose(await bundleOf(version, source, reading), source, version.readAt),
  );
}

function bundleOf(version: SourceVersion, source: string, reading: Reading): Promise<Bundle> {
  const ways = opened.get(version) ?? new Map<string, Promise<Bundle>>();
  opened.set(version, ways);
  const { encoding, unescapeNewlines, password } = reading;
  const way = JSON.stringify([encoding, unescapeNewlines, password]);
  const known = ways.get(way) ?? open(version, source, reading);
  ways.set(way, known);
  return known;
}

/**
 * Whether the secret itself holds a certificate. One that cannot be opened does: rendering says what is wrong with it, and the
 * certificate that Key Vault has beside it must not hide that.
 */
export async function holdsCertificate(version: SourceVersion, source: string): Promise<boolean> {
  if (version.value.trim() === '') return false;
  try {
    const { certificates } = await bundleOf(version, source, { unescapeNewlines: false });
    return certificates.length > 0;
  } catch (error) {
    if (error instanceof RenderRefusal) return false;
    if (error instanceof CertificateError) return true;
    throw error;
  }
}

async function open(version: SourceVersion, source: string, reading: Reading): Promise<Bundle> {
  const { certificate } = version;
  if (certificate !== undefined) return { certificates: [new X509Certificate(certificate)], keys: [] };
  const bytes = certificateBytes(version, source, reading);
  const text = reading.unescapeNewlines ? Buffer.from(unescaped(bytes.toString('latin1')), 'latin1') : bytes;
  return openBundle(isOpen(bytes) ? (isText(bytes) ? text : bytes) : within(bytes, source), {
    source,
    password: reading.password,
  });
}

const isText = (bytes: Buffer): boolean => bytes.includes('-----BEGIN ');

/** In the encoding that the route or the secret's tag says; UTF-16 as text, for PEM is text. */
function certificateBytes(version: SourceVersion, source: string, { encoding }: Reading): Buffer {
  const bytes = Buffer.from(valueBytes(version, source, encoding));
  return isOpen(bytes) ? bytes : Buffer.from(asText(version, source, encoding) ?? bytes);
}

function asText(version: SourceVersion, source: string, encoding: Reading['encoding']): string | undefined {
  try {
    return valueText(version, source, encoding);
  } catch {
    return undefined; // bytes that are no text at all
  }
}

/** Key Vault's own form: base64, in lines or not, of PKCS#12; people put PEM into base64, too. */
function within(bytes: Buffer, source: string): Buffer {
  try {
    return Buffer.from(decoded(bytes.toString('latin1'), 'base64', valueOf(source)));
  } catch {
    throw new RenderRefusal(
      `secret ${source} holds no certificate: it is neither PEM nor PKCS#12, and is not base64 of them`,
    );
  }
}

/** Runs what opens or writes certificates; what that refuses is a refusal of the rendering, in the same words. */
async function refusing<T>(source: string, work: () => Promise<T>): Promise<T> {
  return blaming(source, async () => {
    try {
      return await work();
    } catch (error) {
      throw error instanceof CertificateError ? new RenderRefusal(error.message) : error;
    }
  });
}
