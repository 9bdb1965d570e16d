import { jsonForm } from '../registry/data-entry.ts';
import type { Route } from '../registry/document.ts';
import { dataKey } from '../registry/fields.ts';
import { formOf, keysOfForm } from '../route/form.ts';
import { keyCased, layoutPlacement } from '../route/placement.ts';
import type { SourceVersion } from '../source/source.ts';
import { textBytes, unescaped } from './bytes.ts';
import { type Entry, oneKey, versionOf } from './entry.ts';
import { isJsonObject, type Json, jsonText, plainText, pointedAt, propertyOf } from './json.ts';
import { basicAuthOf, dockerConfigOf } from './login.ts';
import { RenderRefusal } from './refusal.ts';
import { isTextKey, takenBytes, takenDocument, type takingOf, wholeBytes } from './taken.ts';
import { isCertificate, valueOf } from './value.ts';

type Taking = ReturnType<typeof takingOf>;

/** The entry of a secret that the layout places whole. */
export function wholeEntry(route: Route, source: string): Entry {
  const place = layoutPlacement(route, source);
  if (place.kind !== 'placed' || place.key === undefined)
    throw new RenderRefusal(`secret ${source} has no key in this layout`);
  const form = formOf(route, place);
  const madeOf = (version: SourceVersion, taking: Taking) => {
    switch (form.kind) {
      case 'plain':
        return oneKey(form.key, wholeBytes(version, taking));
      case 'property':
        return takenBytes(version, taking).then((bytes) => oneKey(form.key, bytes));
      case 'expand':
      case 'select':
        return expanded(route, version, taking);
      case 'basic-auth':
        return basicAuthOf(version, taking).then((login) => ({ keys: new Map(Object.entries(login)) }));
      case 'docker-login':
        return dockerConfigOf(version, taking).then((bytes) => oneKey('.dockerconfigjson', bytes));
      case 'certificate':
        return certificateOrPlain(route, form, version, taking);
    }
  };
  const property = form.kind === 'property' ? form.key : undefined;
  return {
    sources: [source],
    keys: keysOfForm(form),
    make: (versions) => madeOf(versionOf(versions, source), takingFrom(route, source, property)),
  };
}

/**
 * The route's `encoding` is of the property that its `json` chooses, otherwise of the whole value. `property`: the key that it
 * comes under.
 */
function takingFrom(route: Route, secret: string, property: string | undefined): Taking {
  const { json, format, encoding, unescapeNewlines } = route.spec;
  const part = jsonForm(json);
  const mustBeText = property !== undefined && isTextKey(route, property);
  const base = { secret, format, unescapeNewlines, mustBeText };
  return part.kind === 'part'
    ? { ...base, part, encoding: undefined, partEncoding: encoding }
    : { ...base, part: undefined, encoding, partEncoding: undefined };
}

async function certificateOrPlain(
  { spec }: Route,
  { key, spelled }: { key: string; spelled: boolean },
  version: SourceVersion,
  taking: Taking,
) {
  const mustBe = spec.type === 'kubernetes.io/tls' && !spelled;
  if (!mustBe && !isCertificate(version)) return oneKey(key, wholeBytes(version, taking));
  const { tlsKeys } = await import('./certificates.ts');
  return tlsKeys(version, taking.secret, taking);
}

type Keys = Extract<ReturnType<typeof jsonForm>, { kind: 'keys' }>;

/** The object whose properties become keys: the document, or what the pointer finds in it. */
async function objectOf(
  { pointer }: Keys,
  version: SourceVersion,
  taking: Taking,
): Promise<Record<string, Json>> {
  const { secret } = taking;
  const document = await takenDocument(version, taking);
  const found = pointer === undefined ? document : pointedAt(document, pointer);
  if (found === undefined) throw new RenderRefusal(`secret ${secret} has nothing at ${pointer}`);
  if (isJsonObject(found)) return found;
  const where = pointer === undefined ? valueOf(secret) : `${pointer} of secret ${secret}`;
  throw new RenderRefusal(`${where} is no object to expand`);
}

/** The properties that the route names, each of which must be there, or all. */
function chosen({ names }: Keys, object: Record<string, Json>, source: string): [string, Json][] {
  if (names === undefined) return Object.entries(object);
  return names.map((name) => {
    const value = propertyOf(object, name);
    if (value === undefined) throw new RenderRefusal(`secret ${source} has no property ${name}`);
    return [name, value];
  });
}

/** Names shown to a person at a terminal: which ones to mend. They are cut, for they come from the value. */
const NAMES_SHOWN = 10;

async function expanded(route: Route, version: SourceVersion, taking: Taking) {
  const { secret, unescapeNewlines } = taking;
  const keys = new Map<string, Uint8Array>();
  const unfit: string[] = [];
  const form = jsonForm(route.spec.json);
  if (form.kind !== 'keys') return { keys };
  for (const [name, value] of chosen(form, await objectOf(form, version, taking), secret)) {
    const key = keyCased(route, name);
    const text = isTextKey(route, key) ? plainText(value, `${key} of secret ${secret}`) : jsonText(value);
    if (!dataKey.safeParse(key).success) unfit.push(name);
    else if (keys.has(key)) throw twice(secret, key);
    else
      keys.set(key, textBytes(unescapeNewlines ? unescaped(text) : text, `a property of secret ${secret}`));
  }
  if (unfit.length > 0) throw noKeys(secret, unfit);
  return { keys };
}

function twice(source: string, key: string): RenderRefusal {
  const message = `two properties of secret ${source} make the same key`;
  return new RenderRefusal(message, { detail: `two properties of secret ${source} make the key ${key}` });
}

/** The names may be secret themselves: they are counted. */
function noKeys(source: string, names: readonly string[]): RenderRefusal {
  const count = names.length === 1 ? '1 property' : `${names.length} properties`;
  const message = `secret ${source} has ${count} whose name cannot be a key of a Secret`;
  const shown = names.slice(0, NAMES_SHOWN).map((name) => JSON.stringify(name.slice(0, 64)));
  const more = names.length > NAMES_SHOWN ? ', …' : '';
  return new RenderRefusal(message, { detail: `${message}: ${shown.join(', ')}${more}` });
}
