import { generateKeyPairSync, randomBytes } from 'node:crypto';

const random = (bytes: number): string => randomBytes(bytes).toString('hex');

/** With every character that some encoding changes, and so mixed that no two share an excerpt. */
const odd = (): string =>
  ['"', '\\', 'ö', '/', '&', '=', '+', '%', ' ', '<', "'", '\n', ''].map((one) => random(3) + one).join('');

export interface Planted {
  /** What is put into a vault, or handed to a client. */
  value: string;
  /** What must not be found again: only what nobody could have guessed. */
  secrets: string[];
}

export function aText(): Planted {
  const value = odd();
  return { value, secrets: [value] };
}

export function aJson(): Planted {
  const inner = odd();
  return { value: JSON.stringify({ user: 'app', password: inner }), secrets: [inner] };
}

/** The lines of the key, without those every key begins with. */
export function aPemKey(): Planted {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { value: privateKey, secrets: privateKey.split('\n').slice(2, -3) };
}

export function aBase64(): Planted {
  const value = randomBytes(48).toString('base64');
  return { value, secrets: [value, Buffer.from(value, 'base64').toString('latin1')] };
}

/** As a token looks: one line. */
export function aToken(): Planted {
  const value = `${random(8)}.${random(16)}.${random(16)}`;
  return { value, secrets: [value] };
}

export const KINDS: readonly [string, () => Planted][] = [
  ['text', aText],
  ['JSON', aJson],
  ['a PEM key', aPemKey],
  ['base64', aBase64],
];
