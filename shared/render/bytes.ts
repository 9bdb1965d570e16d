import type { Route } from '../registry/document.ts';
import { RenderRefusal } from './refusal.ts';

/** The exact UTF-8 bytes: never trimmed, no line ending touched. A lone surrogate has no bytes and is refused. */
export function textBytes(text: string, what: string): Uint8Array {
  if (!text.isWellFormed()) throw new RenderRefusal(`${what} is not well-formed Unicode`);
  return Buffer.from(text, 'utf8');
}

/** The text that bytes spell in UTF-8, a byte order mark included. */
export function utf8Text(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new RenderRefusal(`${what} is not UTF-8 text`);
  }
}

/**
 * Strict decoding (RFC 4648): the alphabet asked for and no other, padding as it must be (optional in base64url), no blanks,
 * no stray bits. Line breaks are those of the tools that write base64 in lines.
 */
export function decoded(
  text: string,
  encoding: NonNullable<Route['spec']['encoding']>,
  what: string,
): Uint8Array {
  if (encoding === 'utf-8') return textBytes(text, what);
  const unfolded = text.replaceAll(/\r?\n/g, '');
  const bytes = Buffer.from(unfolded, encoding);
  if (bytes.toString(encoding) !== canonical(unfolded, encoding))
    throw new RenderRefusal(`${what} is not ${encoding}`);
  return bytes;
}

function canonical(text: string, encoding: 'base64' | 'base64url' | 'hex'): string {
  if (encoding === 'hex') return text.toLowerCase();
  const isPadded = encoding === 'base64url' && text.length % 4 === 0;
  return isPadded ? text.replace(/={1,2}$/, '') : text;
}

/** The two characters `\n`, or the four `\r\n`, as line breaks: text that was pasted into one line. */
export function unescaped(text: string): string {
  return text.replaceAll(/(?:\\r)?\\n/g, '\n');
}
