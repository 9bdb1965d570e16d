import { type DataEntry, NO_PASSWORD, secretsOfEntry, type takingsOf } from '../registry/data-entry.ts';
import type { Route } from '../registry/document.ts';
import type { SourceVersion } from '../source/source.ts';
import { textBytes } from './bytes.ts';
import { type Entry, oneKey, versionOf } from './entry.ts';
import { type Json, plainText } from './json.ts';
import { dockerConfig } from './login.ts';
import { blaming } from './refusal.ts';
import { takenBytes, takenJson, takenText, takingOf, wholeBytes } from './taken.ts';
import { valueText } from './value.ts';

type Versions = ReadonlyMap<string, SourceVersion>;
type Written = ReturnType<typeof takingsOf>[number];
type Of<Key extends string> = Extract<DataEntry, Record<Key, unknown>>;

/** The entry of one key that the route's `data` spells out. */
export function explicitEntry(route: Route, key: string, entry: DataEntry): Entry {
  return {
    sources: secretsOfEntry(entry),
    keys: [key],
    indispensable: 'template' in entry || 'values' in entry,
    make: (versions, time) => makeEntry({ route, key, versions, time }, entry),
  };
}

interface Making {
  route: Route;
  key: string;
  versions: Versions;
  time: { leftMs: number };
}

function makeEntry(making: Making, entry: DataEntry) {
  if ('secret' in entry) return fromSecret(making, entry);
  if ('template' in entry) return fromTemplate(making, entry);
  if ('logins' in entry) return fromLogins(making, entry);
  return 'values' in entry ? fromValues(making, entry) : fromCertificate(making, entry);
}

/** A whole value is made at once: there is nothing to wait for. */
function fromSecret({ route, key, versions }: Making, entry: Of<'secret'>) {
  const taking = takingOf(route, entry, key);
  const version = versionOf(versions, entry.secret);
  if (taking.part === undefined) return oneKey(key, wholeBytes(version, taking));
  return takenBytes(version, taking).then((bytes) => oneKey(key, bytes));
}

async function fromLogins({ route, key, versions }: Making, { logins }: Of<'logins'>) {
  const text = async (field: Written | { text: string }): Promise<string> => {
    if ('text' in field) return field.text;
    const json = await takenJson(versionOf(versions, field.secret), takingOf(route, field));
    return plainText(json, `what the login takes of secret ${field.secret}`);
  };
  const made = logins.map(async ({ registry, username, password, email }) => ({
    registry: await text(registry),
    username: await text(username),
    password: await text(password),
    ...(email === undefined ? {} : { email: await text(email) }),
  }));
  return oneKey(key, dockerConfig(await Promise.all(made), `the key ${key}`));
}

async function fromTemplate(making: Making, { template, secrets }: Of<'template'>) {
  const { route, key, versions, time } = making;
  const { renderTemplate } = await import('./template.ts');
  const values = new Map<string, string>();
  for (const [variable, one] of Object.entries(secrets)) {
    const taking = takingOf(route, typeof one === 'string' ? { secret: one } : one);
    values.set(variable, await takenText(versionOf(versions, taking.secret), taking));
  }
  return oneKey(key, textBytes(await renderTemplate(template, values, key, time), `the key ${key}`));
}

async function fromValues(making: Making, { as, values }: Of<'values'>) {
  const { route, key, versions } = making;
  const { written } = await import('./formats/write.ts');
  const found = new Map<string, Json>();
  for (const [name, field] of Object.entries(values)) {
    const isText = 'text' in field;
    found.set(
      name,
      isText ? field.text : await takenJson(versionOf(versions, field.secret), takingOf(route, field)),
    );
  }
  return oneKey(key, textBytes(written(found, as, `the key ${key}`), `the key ${key}`));
}

async function fromCertificate(making: Making, entry: Of<'certificate'>) {
  const { route, key, versions } = making;
  const { certificatePart } = await import('./certificates.ts');
  const { certificate, part, as = 'pkcs12', password: named } = entry;
  const { encoding, unescapeNewlines } = route.spec;
  const isNamed = named !== undefined && named !== NO_PASSWORD;
  const password = isNamed
    ? await blaming(named, () => valueText(versionOf(versions, named), named, encoding))
    : undefined;
  const reading = { encoding: entry.encoding ?? encoding, unescapeNewlines, password };
  const lock = named === NO_PASSWORD ? '' : password;
  return certificatePart(key, part === 'truststore' ? `truststore-${as}` : part, {
    version: versionOf(versions, certificate),
    source: certificate,
    reading,
    lock,
  });
}
