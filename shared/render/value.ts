import type { Route } from '../registry/document.ts';
import type { SourceProperties, SourceVersion } from '../source/source.ts';
import { decoded, textBytes, utf8Text } from './bytes.ts';
import { RenderRefusal } from './refusal.ts';

/**
 * The tag that `az keyvault secret set --encoding` writes. The values are those of its option; base64 comes in lines of
 * 76 characters. https://github.com/Azure/azure-cli (command module keyvault, _validators.py)
 */
const ENCODING_TAG = 'file-encoding';

type TagEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'ascii' | 'base64' | 'hex';

const TAG_ENCODINGS = new Set<string>(['utf-8', 'utf-16le', 'utf-16be', 'ascii', 'base64', 'hex']);

const isTagEncoding = (text: string): text is TagEncoding => TAG_ENCODINGS.has(text);

/** What the tag says, in whatever case its key and its value are written; the key as `az` writes it comes first. */
function encodingTag({ tags }: Pick<SourceVersion, 'tags'>): string | undefined {
  const keys = Object.keys(tags).filter((key) => key.toLowerCase() === ENCODING_TAG);
  const key = keys.includes(ENCODING_TAG) ? ENCODING_TAG : keys.sort()[0];
  return key === undefined ? undefined : tags[key]?.trim().toLowerCase();
}

function tagOf(version: SourceVersion, what: string): TagEncoding {
  const encoding = encodingTag(version) ?? 'utf-8';
  if (isTagEncoding(encoding)) return encoding;
  throw new RenderRefusal(
    `the tag ${ENCODING_TAG} of ${what} is none of ${[...TAG_ENCODINGS].join(', ')}: mend it, or give an encoding in the route`,
  );
}

function taggedBytes(value: string, encoding: TagEncoding, what: string): Uint8Array {
  switch (encoding) {
    case 'base64':
    case 'hex':
      return decoded(value, encoding, `${what} (tag ${ENCODING_TAG}: ${encoding})`);
    case 'utf-16le':
      return Buffer.from(value, 'utf16le');
    case 'utf-16be':
      return Buffer.from(value, 'utf16le').swap16();
    case 'ascii':
      if (/^\p{ASCII}*$/u.test(value)) return Buffer.from(value, 'ascii');
      throw new RenderRefusal(`${what} is not ascii, as its tag ${ENCODING_TAG} says`);
    case 'utf-8':
      return textBytes(value, what);
  }
}

/** How messages call a secret's value. */
export const valueOf = (source: string): string => `the value of secret ${source}`;

/** The bytes of a value: in the route's encoding, else as the secret's own tag says, else UTF-8. Throws RenderRefusal. */
export function valueBytes(
  version: SourceVersion,
  source: string,
  encoding?: Route['spec']['encoding'],
): Uint8Array {
  const what = valueOf(source);
  if (encoding !== undefined) return decoded(version.value, encoding, what);
  return taggedBytes(version.value, tagOf(version, what), what);
}

/** The text of a value, for JSON, PEM and templates: what a binary encoding holds must be UTF-8. Throws RenderRefusal. */
export function valueText(
  version: SourceVersion,
  source: string,
  encoding?: Route['spec']['encoding'],
): string {
  const what = valueOf(source);
  const tag = encoding ?? tagOf(version, what);
  const isText = tag === 'utf-8' || tag === 'utf-16le' || tag === 'utf-16be' || tag === 'ascii';
  return isText ? version.value : utf8Text(valueBytes(version, source, encoding), what);
}

/** The content types Key Vault gives the secret behind a certificate. */
const CERTIFICATE_TYPES = new Set(['application/x-pkcs12', 'application/x-pem-file']);

/** Whether a secret's content type says that it holds a certificate. */
export function isCertificate({ contentType }: SourceProperties): boolean {
  return CERTIFICATE_TYPES.has(contentType?.trim().toLowerCase() ?? '');
}
