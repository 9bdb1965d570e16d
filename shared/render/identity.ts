import type { X509Certificate } from 'node:crypto';
import type { SourceVersion } from '../source/source.ts';
import { decoded } from './bytes.ts';
import { type Identity, identityIn } from '../certificate/chain.ts';
import { certificateFormat } from './content-type.ts';
import { readPem } from '../certificate/pem.ts';
import { refusing } from './refusal.ts';
import { encodingTag, sourceText, valueOf } from './value.ts';

/**
 * One version feeds several keys and, in a push, many targets: it is opened once. The memory goes with the version itself,
 * which is held only as long as a push takes.
 */
type Memory = WeakMap<SourceVersion, Promise<Identity>>;
const asIs: Memory = new WeakMap();
const unescaped: Memory = new WeakMap();

/** Key, certificate and issuers of a secret that holds a certificate. Rejects with RenderRefusal. */
export function identityOf(version: SourceVersion, source: string, unescape: boolean): Promise<Identity> {
  const memory = unescape ? unescaped : asIs;
  const known = memory.get(version) ?? refusing(() => open(version, source, unescape));
  memory.set(version, known);
  return known;
}

async function open(version: SourceVersion, source: string, unescape: boolean): Promise<Identity> {
  const text = version.value;
  const isPem = (certificateFormat(version) ?? (text.includes('-----BEGIN ') ? 'pem' : 'pkcs12')) === 'pem';
  if (!isPem) {
    const { readPfx } = await import('../certificate/pfx.ts');
    return identityIn(readPfx(pfxBytes(version, source), '', source), source);
  }
  const lines = sourceText(version, source);
  return identityIn(readPem(unescape ? lines.replaceAll(String.raw`\n`, '\n') : lines, source), source);
}

/** Key Vault's base64, in lines or not; `az keyvault secret set --encoding hex` may have made it hex. */
function pfxBytes(version: SourceVersion, source: string): Uint8Array {
  const text = version.value.replaceAll(/\r?\n/g, '');
  const isHex = encodingTag(version) === 'hex';
  return decoded(text, isHex ? 'hex' : 'base64', valueOf(source));
}

/** A certificate's subject, fit for a message. It is public, but written by anyone. */
export function subjectOf(certificate: X509Certificate): string {
  const oneLine = certificate.subject?.replaceAll(/\p{C}+/gu, ', ') ?? '';
  return oneLine === '' ? '(no subject)' : oneLine.slice(0, 120);
}
