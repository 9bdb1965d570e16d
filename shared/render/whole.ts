import type { SourceVersion } from '../source/source.ts';
import type { Route } from '../registry/document.ts';
import { dataKey } from '../registry/fields.ts';
import { type Form, formOf, keysOfForm } from '../route/form.ts';
import { keyCased, layoutPlacement } from '../route/placement.ts';
import { textBytes } from './bytes.ts';
import { certificateFormat } from './content-type.ts';
import { type Entry, type Made, oneKey, versionOf } from './entry.ts';
import { isJsonObject, jsonText, parseJson } from './json.ts';
import { basicAuthOf, dockerConfigOf } from './login.ts';
import { RenderRefusal } from './refusal.ts';
import { chosenBytes } from './taken.ts';
import { sourceText, valueOf } from './value.ts';

/** The entry of a secret that the layout places whole. */
export function wholeEntry(route: Route, source: string): Entry {
  const place = layoutPlacement(route, source);
  if (place.kind !== 'placed' || place.key === undefined)
    throw new RenderRefusal(`secret ${source} has no key in this layout`);
  const form = formOf(route, place);
  return {
    sources: [source],
    keys: keysOfForm(form),
    make: (versions) => makeForm(route, form, versionOf(versions, source), source),
  };
}

function makeForm(route: Route, form: Form, version: SourceVersion, source: string): Made | Promise<Made> {
  const { encoding, unescapeNewlines, json } = route.spec;
  switch (form.kind) {
    case 'plain':
      return oneKey(form.key, chosenBytes(version, source, { encoding, unescapeNewlines }));
    case 'property':
      return oneKey(
        form.key,
        chosenBytes(version, source, {
          ...(typeof json === 'object' ? json : {}),
          encoding,
          unescapeNewlines,
        }),
      );
    case 'expand':
      return expanded(route, version, source);
    case 'basic-auth':
      return { keys: new Map(Object.entries(basicAuthOf(version, source))) };
    case 'docker-login':
      return oneKey('.dockerconfigjson', dockerConfigOf(version, source));
    case 'certificate':
      return certificateOrPlain(route, form, version, source);
  }
}

async function certificateOrPlain(
  route: Route,
  form: Extract<Form, { kind: 'certificate' }>,
  version: SourceVersion,
  source: string,
): Promise<Made> {
  const { encoding, unescapeNewlines } = route.spec;
  const mustBe = route.spec.type === 'kubernetes.io/tls' && !form.spelled;
  if (!mustBe && certificateFormat(version) === undefined)
    return oneKey(form.key, chosenBytes(version, source, { encoding, unescapeNewlines }));
  const { tlsKeys } = await import('./certificates.ts');
  return tlsKeys(version, source, { unescapeNewlines });
}

/** Names that are no keys are listed: a person must see which to mend. They are cut, for they come from the value. */
const NAMES_SHOWN = 10;

function expanded(route: Route, version: SourceVersion, source: string): Made {
  const json = parseJson(sourceText(version, source), valueOf(source));
  if (!isJsonObject(json)) throw new RenderRefusal(`${valueOf(source)} is JSON, but not an object to expand`);
  const keys = new Map<string, Uint8Array>();
  const unfit: string[] = [];
  for (const [name, value] of Object.entries(json)) {
    const key = keyCased(route, name);
    if (!dataKey.safeParse(key).success) unfit.push(JSON.stringify(name.slice(0, 64)));
    else if (keys.has(key)) throw new RenderRefusal(`two properties of secret ${source} make the key ${key}`);
    else keys.set(key, textBytes(jsonText(value), `property ${key} of secret ${source}`));
  }
  if (unfit.length === 0) return { keys };
  const shown = unfit.slice(0, NAMES_SHOWN).join(', ') + (unfit.length > NAMES_SHOWN ? ', …' : '');
  throw new RenderRefusal(`secret ${source} has properties that cannot be keys of a Secret: ${shown}`);
}
