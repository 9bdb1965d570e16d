import forge from 'node-forge';

/** A few words of ASN.1 that reading and writing PKCS#12 share. Bytes are node-forge's binary strings. */
type Asn1 = forge.asn1.Asn1;

const { Class, Type, create } = forge.asn1;

export const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString('binary');
export const bytesOf = (text: string): Buffer => Buffer.from(text, 'binary');

export const sequence = (...nodes: Asn1[]): Asn1 => create(Class.UNIVERSAL, Type.SEQUENCE, true, nodes);
export const set = (...nodes: Asn1[]): Asn1 => create(Class.UNIVERSAL, Type.SET, true, nodes);
export const integer = (value: number): Asn1 =>
  create(Class.UNIVERSAL, Type.INTEGER, false, forge.asn1.integerToDer(value).getBytes());
export const octets = (bytes: Uint8Array): Asn1 =>
  create(Class.UNIVERSAL, Type.OCTETSTRING, false, binary(bytes));
export const nothing = (): Asn1 => create(Class.UNIVERSAL, Type.NULL, false, '');
export const oid = (name: string): Asn1 =>
  create(Class.UNIVERSAL, Type.OID, false, forge.asn1.oidToDer(name).getBytes());
/** Context tag 0, explicit. */
export const tagged = (node: Asn1): Asn1 => create(Class.CONTEXT_SPECIFIC, 0, true, [node]);
/** Context tag 0, implicit, for an octet string. */
export const taggedOctets = (bytes: Uint8Array): Asn1 =>
  create(Class.CONTEXT_SPECIFIC, 0, false, binary(bytes));
/** node-forge widens the characters itself. */
export const bmpString = (text: string): Asn1 => create(Class.UNIVERSAL, Type.BMPSTRING, false, text);

export const toDer = (node: Asn1): Buffer => bytesOf(forge.asn1.toDer(node).getBytes());

/** PKCS#12 may be BER; the last argument keeps strictness about lengths off. */
export const fromDer = (bytes: Uint8Array): Asn1 => forge.asn1.fromDer(binary(bytes), false);

/** The parts of a constructed node. Throws when it has none. */
export function children(node: Asn1 | undefined): Asn1[] {
  if (node === undefined || typeof node.value === 'string') throw new TypeError('expected parts');
  return node.value;
}

export function child(node: Asn1 | undefined, index: number): Asn1 {
  const found = children(node)[index];
  if (found === undefined) throw new TypeError('expected another part');
  return found;
}

/** The bytes of an octet string, also when it comes in chunks (BER). */
export function content(node: Asn1): Buffer {
  if (typeof node.value === 'string') return bytesOf(node.value);
  return Buffer.concat(node.value.map(content));
}

export function oidOf(node: Asn1): string {
  return forge.asn1.derToOid(content(node).toString('binary'));
}

/** A count, unsigned on purpose: a negative or huge one is refused like any other absurd one. */
export function countIn(node: Asn1): number {
  return Number(`0x${content(node).toString('hex') || '0'}`);
}
