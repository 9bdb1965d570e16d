import { X509Certificate } from 'node:crypto';
import type { KeyVaultCertificate } from '@azure/keyvault-certificates';
import type { KeyVaultSecret, SecretProperties } from '@azure/keyvault-secrets';
import { VaultcastError } from '../../errors.ts';
import { toAsciiLower } from '../../names.ts';
import type { SourceProperties, SourceVersion, VersionProperties } from '../../source/source.ts';
import { describeAsked } from './failure.ts';
import type { VaultAsked } from './failure.ts';

/** An answer that came, and is not what was asked for. */
export function unusable(asked: VaultAsked, why: string): VaultcastError {
  return new VaultcastError('VAULT_UNAVAILABLE', `${describeAsked(asked)}: unusable answer: ${why}`);
}

function seconds(date: unknown, what: string, asked: VaultAsked): number {
  const value = date instanceof Date ? date.getTime() / 1000 : Number.NaN;
  if (!Number.isFinite(value)) throw unusable(asked, `no date ${what}`);
  return Math.floor(value);
}

const optionalSeconds = (date: unknown, what: string, asked: VaultAsked): number | undefined =>
  date === undefined || date === null ? undefined : seconds(date, what, asked);

function nameOf(properties: SecretProperties, asked: VaultAsked): string {
  const name = toAsciiLower(String(properties.name));
  if (!/^[0-9a-z-]{1,127}$/.test(name)) throw unusable(asked, 'no secret name');
  if (asked.name !== undefined && name !== asked.name) throw unusable(asked, 'it is about another secret');
  return name;
}

function tagsOf({ tags = {} }: SecretProperties, asked: VaultAsked): Record<string, string> {
  const entries = Object.entries(tags ?? {});
  if (!entries.every(([, value]) => typeof value === 'string'))
    throw unusable(asked, 'a tag that is no text');
  return Object.fromEntries(entries);
}

/** Checked: every field that a decision rests on is there and has its type. */
export function toProperties(properties: SecretProperties, asked: VaultAsked): SourceProperties {
  const { enabled, createdOn, updatedOn, contentType } = properties;
  if (typeof enabled !== 'boolean') throw unusable(asked, 'no attribute enabled');
  const notBefore = optionalSeconds(properties.notBefore, 'nbf', asked);
  const expires = optionalSeconds(properties.expiresOn, 'exp', asked);
  return {
    name: nameOf(properties, asked),
    enabled,
    created: seconds(createdOn, 'created', asked),
    updated: seconds(updatedOn, 'updated', asked),
    ...(notBefore !== undefined && { notBefore }),
    ...(expires !== undefined && { expires }),
    ...(typeof contentType === 'string' && { contentType }),
    tags: tagsOf(properties, asked),
  };
}

export function toVersion(properties: SecretProperties, asked: VaultAsked): VersionProperties {
  const { version } = properties;
  if (typeof version !== 'string' || !/^[0-9A-Za-z]{1,64}$/.test(version))
    throw unusable(asked, 'no version');
  if (asked.version !== undefined && version !== asked.version)
    throw unusable(asked, 'it is about another version');
  return { ...toProperties(properties, asked), version };
}

export function toVersionWithValue(secret: KeyVaultSecret, asked: VaultAsked, readAt: number): SourceVersion {
  if (typeof secret.value !== 'string') throw unusable(asked, 'no value');
  return { ...toVersion(secret.properties, asked), value: secret.value, readAt };
}

/** DER. Checked: it is a certificate, of the name and the version that were asked for. */
export function toCertificate({ name, properties, cer }: KeyVaultCertificate, asked: VaultAsked): Uint8Array {
  if (toAsciiLower(name) !== asked.name || properties.version !== asked.version)
    throw unusable(asked, 'it is about another certificate');
  try {
    return new X509Certificate(cer ?? '').raw;
  } catch {
    throw unusable(asked, 'no certificate in DER');
  }
}
