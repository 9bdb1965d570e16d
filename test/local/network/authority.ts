import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import './reflect-metadata.ts';
import * as x509 from '@peculiar/x509';

/** A private key (PKCS#8) and the certificate for it, both PEM. */
export interface Issued {
  key: string;
  cert: string;
}

/** A certificate authority of its own for one run; nothing of it outlives the process. */
export interface Authority {
  caPem: string;
  /** A server certificate. Names may be DNS names, wildcards too, or IP addresses. */
  issue(names: string[]): Promise<Issued>;
  /** A client certificate as Kubernetes reads it: the common name is the user, the organization the group. */
  issueClient(commonName: string, organization?: string): Promise<Issued>;
}

interface Issuer {
  name: string;
  keys: webcrypto.CryptoKeyPair;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60 * 1000;

/** Backdated by a day, so that a container whose clock lags still accepts it. */
const validity = () => ({
  notBefore: new Date(Date.now() - DAY_MS),
  notAfter: new Date(Date.now() + 30 * DAY_MS),
});

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

async function keyPem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
}

async function issueLeaf(
  issuer: Issuer,
  subject: x509.JsonName,
  extensions: x509.Extension[],
): Promise<Issued> {
  const keys = await newKeys();
  const cert = await x509.X509CertificateGenerator.create({
    ...validity(),
    subject,
    issuer: issuer.name,
    publicKey: keys.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true), ...extensions],
  });
  return { key: await keyPem(keys), cert: cert.toString('pem') };
}

function issueServer(issuer: Issuer, names: string[]): Promise<Issued> {
  const alternatives = names.map((value) => ({
    type: isIP(value) ? ('ip' as const) : ('dns' as const),
    value,
  }));
  return issueLeaf(
    issuer,
    [{ CN: [names[0] ?? 'localhost'] }],
    [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(alternatives),
    ],
  );
}

function issueClient(issuer: Issuer, commonName: string, organization?: string): Promise<Issued> {
  const subject = [...(organization === undefined ? [] : [{ O: [organization] }]), { CN: [commonName] }];
  return issueLeaf(issuer, subject, [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])]);
}

/** A new authority: two authorities never trust each other, even under the same name. */
export async function createAuthority(name = 'local authority'): Promise<Authority> {
  const issuer = { name: `CN=${name}`, keys: await newKeys() };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: issuer.name,
    keys: issuer.keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    caPem: root.toString('pem'),
    issue: (names) => issueServer(issuer, names),
    issueClient: (commonName, organization) => issueClient(issuer, commonName, organization),
  };
}
