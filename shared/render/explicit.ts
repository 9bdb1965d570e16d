import type { SourceVersion } from '../source/source.ts';
import type { Route } from '../registry/document.ts';
import {
  type DataEntry,
  type FromLogins,
  type FromSecret,
  type FromTemplate,
  type LoginField,
  secretsOfEntry,
} from '../registry/data-entry.ts';
import { textBytes } from './bytes.ts';
import { type Entry, type Made, oneKey, versionOf } from './entry.ts';
import { dockerConfig, type Login } from './login.ts';
import { chosenBytes, chosenText } from './taken.ts';
import { sourceText } from './value.ts';

type Versions = ReadonlyMap<string, SourceVersion>;

/** The entry of one key that the route's `data` spells out. */
export function explicitEntry(route: Route, key: string, entry: DataEntry): Entry {
  return {
    sources: secretsOfEntry(entry),
    keys: [key],
    indispensable: 'template' in entry,
    make: (versions) => makeEntry(route, key, entry, versions),
  };
}

function makeEntry(route: Route, key: string, entry: DataEntry, versions: Versions): Made | Promise<Made> {
  if ('secret' in entry) return oneKey(key, secretBytes(route, entry, versions));
  if ('template' in entry) return fromTemplate(key, entry, versions);
  if ('logins' in entry) return oneKey(key, dockerConfig(loginsOf(entry, versions), `the key ${key}`));
  return fromCertificate(route, key, entry, versions);
}

function secretBytes(route: Route, entry: FromSecret, versions: Versions): Uint8Array {
  const { secret, property, pointer } = entry;
  const isPart = property !== undefined || pointer !== undefined;
  return chosenBytes(versionOf(versions, secret), secret, {
    ...entry,
    encoding: entry.encoding ?? (isPart ? undefined : route.spec.encoding),
    unescapeNewlines: entry.unescapeNewlines ?? route.spec.unescapeNewlines,
  });
}

function loginsOf({ logins }: FromLogins, versions: Versions): Login[] {
  const text = (field: LoginField): string =>
    'text' in field ? field.text : chosenText(versionOf(versions, field.secret), field.secret, field);
  return logins.map(({ registry, username, password, email }) => ({
    registry: text(registry),
    username: text(username),
    password: text(password),
    ...(email === undefined ? {} : { email: text(email) }),
  }));
}

async function fromTemplate(key: string, entry: FromTemplate, versions: Versions): Promise<Made> {
  const { renderTemplate } = await import('./template.ts');
  const values = Object.entries(entry.secrets).map(
    ([variable, secret]) => [variable, sourceText(versionOf(versions, secret), secret)] as const,
  );
  const text = renderTemplate(entry.template, new Map(values), key);
  return oneKey(key, textBytes(text, `the key ${key}`));
}

async function fromCertificate(
  route: Route,
  key: string,
  entry: Extract<DataEntry, { certificate: string }>,
  versions: Versions,
): Promise<Made> {
  const { certificatePart } = await import('./certificates.ts');
  const { certificate, part, password } = entry;
  return certificatePart(
    key,
    part,
    { version: versionOf(versions, certificate), source: certificate },
    password === undefined ? undefined : sourceText(versionOf(versions, password), password),
    { unescapeNewlines: route.spec.unescapeNewlines },
  );
}
