import { createPrivateKey, X509Certificate } from 'node:crypto';
import { IT } from './fault.ts';

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
export const hex = (text: string): string => Buffer.from(text).toString('hex');
export const inLines = (text: string, end: string): string =>
  `${(base64(text).match(/.{1,4}/g) ?? []).join(end)}${end}`;

const PEM = /^-----BEGIN CERTIFICATE-----\n/;
const KEY = /^-----BEGIN (?:EC )?PRIVATE KEY-----\n/;
export const CERTIFIED = { 'tls.crt': PEM, 'tls.key': KEY };
export const READY = '{"auths":{"r.example.test":{"auth":"dTpw"}}}';
export const LOGIN = '{"registry":"r.example.test","username":"u","password":"p"}';

export const plain = { type: 'Opaque', data: { value: { secret: IT } } };
export const docker = {
  type: 'kubernetes.io/dockerconfigjson',
  data: { '.dockerconfigjson': { secret: IT } },
};
/** A login as a document of one secret: layout explicit takes its parts. */
export const dockerLogin = {
  ...docker,
  data: {
    '.dockerconfigjson': {
      logins: [
        Object.fromEntries(
          ['registry', 'username', 'password'].map((property) => [property, { secret: IT, property }]),
        ),
      ],
    },
  },
};
export const basic = {
  type: 'kubernetes.io/basic-auth',
  data: { username: { secret: IT, property: 'username' }, password: { secret: IT, property: 'password' } },
};
export const tls = {
  type: 'kubernetes.io/tls',
  data: { 'tls.crt': { certificate: IT, part: 'chain' }, 'tls.key': { certificate: IT, part: 'key' } },
};
/** A secret has one key in layout flat. */
export const pair = {
  type: 'kubernetes.io/tls',
  data: { 'tls.crt': { secret: `${IT}--tls--crt` }, 'tls.key': { secret: `${IT}--tls--key` } },
  only: ['service', 'explicit'] as const,
};
export const halves = (crt: string, key: string) => ({ '--tls--crt': crt, '--tls--key': key });
export const spelled = { only: ['explicit'] as const };
export const der = (pem: string): string => new X509Certificate(pem).raw.toString('base64');
export const derKey = (pem: string): string =>
  createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' }).toString('base64');
