import { X509Certificate } from 'node:crypto';
import type { KeyVaultCertificate } from '@azure/keyvault-certificates';
import type { KeyVaultSecret, SecretProperties } from '@azure/keyvault-secrets';
import { VaultcastError } from '../../errors.ts';
import { toAsciiLower } from '../../names.ts';
import type { SourceProperties, SourceVersion, VersionProperties } from '../../source/source.ts';
import { describeAsked } from './failure.ts';
import type { VaultCall } from './policy.ts';

/** An answer that came, and is not what was asked for. */
export function unusable({ asked }: Pick<VaultCall, 'asked'>, why: string): VaultcastError {
  return new VaultcastError('VAULT_UNAVAILABLE', `${describeAsked(asked)}: unusable answer: ${why}`);
}

function seconds(date: unknown, what: string, call: VaultCall): number {
  const value = date instanceof Date ? date.getTime() / 1000 : Number.NaN;
  if (!Number.isFinite(value)) throw unusable(call, `no date ${what}`);
  return Math.floor(value);
}

const optionalSeconds = (date: unknown, what: string, call: VaultCall): number | undefined =>
  date === undefined || date === null ? undefined : seconds(date, what, call);

function nameOf(properties: SecretProperties, call: VaultCall): string {
  const name = toAsciiLower(String(properties.name));
  if (!/^[0-9a-z-]{1,127}$/.test(name)) throw unusable(call, 'no secret name');
  if (call.asked.name !== undefined && name !== call.asked.name)
    throw unusable(call, 'it is about another secret');
  return name;
}

function tagsOf({ tags = {} }: SecretProperties, call: VaultCall): Record<string, string> {
  const entries = Object.entries(tags ?? {});
  if (!entries.every(([, value]) => typeof value === 'string')) throw unusable(call, 'a tag that is no text');
  return Object.fromEntries(entries);
}

/** Checked: every field that a decision rests on is there and has its type. */
export function toProperties(properties: SecretProperties, call: VaultCall): SourceProperties {
  const { enabled, createdOn, updatedOn, contentType } = properties;
  if (typeof enabled !== 'boolean') throw unusable(call, 'no attribute enabled');
  const notBefore = optionalSeconds(properties.notBefore, 'nbf', call);
  const expires = optionalSeconds(properties.expiresOn, 'exp', call);
  return {
    name: nameOf(properties, call),
    enabled,
    created: seconds(createdOn, 'created', call),
    updated: seconds(updatedOn, 'updated', call),
    ...(notBefore !== undefined && { notBefore }),
    ...(expires !== undefined && { expires }),
    ...(typeof contentType === 'string' && { contentType }),
    tags: tagsOf(properties, call),
  };
}

export function toVersion(properties: SecretProperties, call: VaultCall): VersionProperties {
  const { version } = properties;
  if (typeof version !== 'string' || !/^[0-9A-Za-z]{1,64}$/.test(version)) throw unusable(call, 'no version');
  if (call.asked.version !== undefined && version !== call.asked.version)
    throw unusable(call, 'it is about another version');
  return { ...toProperties(properties, call), version };
}

export function toVersionWithValue(secret: KeyVaultSecret, call: VaultCall, readAt: number): SourceVersion {
  if (typeof secret.value !== 'string') throw unusable(call, 'no value');
  return { ...toVersion(secret.properties, call), value: secret.value, readAt };
}

/** DER. Checked: it is a certificate, of the name and the version that were asked for. */
export function toCertificate({ name, properties, cer }: KeyVaultCertificate, call: VaultCall): Uint8Array {
  if (toAsciiLower(name) !== call.asked.name || properties.version !== call.asked.version)
    throw unusable(call, 'it is about another certificate');
  try {
    return new X509Certificate(cer ?? '').raw;
  } catch {
    throw unusable(call, 'no certificate in DER');
  }
}
