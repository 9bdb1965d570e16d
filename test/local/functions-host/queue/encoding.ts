export type Encoding = 'base64' | 'none';

export function encodeMessage(content: string | Uint8Array, encoding: Encoding): string {
  const bytes = Buffer.from(content);
  return encoding === 'base64' ? bytes.toString('base64') : bytes.toString('utf8');
}

/** What a message says: `undecodable` never reaches a function, `unbindable` fails before the function is called. */
export type Content = { text: string } | 'undecodable' | 'unbindable';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Without an encoding every text is what it is; base64 may hold white space, as .NET reads it. */
export function decodeMessage(message: string, encoding: Encoding): Content {
  if (encoding === 'none') return { text: message };
  const packed = message.replaceAll(/[ \t\r\n]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(packed) || packed.length % 4 !== 0) return 'undecodable';
  try {
    return { text: utf8.decode(Buffer.from(packed, 'base64')) };
  } catch {
    return 'unbindable';
  }
}
