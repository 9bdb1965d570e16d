import type { SourceVersion } from '../source/source.ts';
import { textBytes, unescaped } from './bytes.ts';
import { documentOf } from './formats/document.ts';
import { isJsonObject, type Json, jsonIfAny, plainText, propertyOf } from './json.ts';
import { blaming, RenderRefusal } from './refusal.ts';
import type { takingOf } from './taken.ts';
import { valueBytes, valueOf, valueText } from './value.ts';

type Taking = ReturnType<typeof takingOf>;

/** A login at one container registry. */
interface Login {
  registry: string;
  username: string;
  password: string;
  email?: string;
}

/** The document of kubernetes.io/dockerconfigjson, as `kubectl create secret docker-registry` writes it. */
export function dockerConfig(logins: readonly Login[], what: string): Uint8Array {
  const auths = new Map<string, object>();
  for (const { registry, ...login } of logins) {
    if (registry === '') throw new RenderRefusal(`${what}: a registry must not be empty`);
    if (auths.has(registry)) throw new RenderRefusal(`${what}: two logins are for the same registry`);
    // The kubelet reads `auth` first and splits it at the first colon.
    if (login.username.includes(':')) throw new RenderRefusal(`${what}: a user name must not hold a colon`);
    const auth = Buffer.from(`${login.username}:${login.password}`, 'utf8').toString('base64');
    auths.set(registry, { ...login, auth });
  }
  return textBytes(JSON.stringify({ auths: Object.fromEntries(auths) }), what);
}

function partsOf(json: Json, names: readonly string[], source: string, isUnescaped: boolean) {
  return names.map((name) => {
    const found = propertyOf(json, name);
    if (found === undefined) return undefined;
    const text = plainText(found, `the property ${name} of secret ${source}`);
    return isUnescaped ? unescaped(text) : text;
  });
}

/** One secret with a registry login: a ready docker config is kept byte by byte, a login becomes one. */
export async function dockerConfigOf(version: SourceVersion, taking: Taking): Promise<Uint8Array> {
  const { secret, encoding, format = 'json', unescapeNewlines } = taking;
  return blaming(secret, async () => {
    const json = await documentOf(valueText(version, secret, encoding), format, valueOf(secret));
    const names = ['registry', 'username', 'password', 'email'];
    const isReady = format === 'json' && propertyOf(json, 'auths') !== undefined;
    if (isReady) return valueBytes(version, secret, encoding);
    const [registry, username, password, email] = partsOf(json, names, secret, unescapeNewlines);
    if (registry === undefined || username === undefined || password === undefined)
      throw new RenderRefusal(
        `secret ${secret} is neither a docker config (property auths) nor a login (properties registry, username, password)`,
      );
    const login = { registry, username, password, ...(email === undefined ? {} : { email }) };
    return dockerConfig([login], `secret ${secret}`);
  });
}

/** `user:password`, split at the first colon, or a document with the properties username and password. */
export async function basicAuthOf(
  version: SourceVersion,
  taking: Taking,
): Promise<{ username: Uint8Array; password: Uint8Array }> {
  const { secret } = taking;
  return blaming(secret, async () => {
    const [username, password] = await loginIn(valueText(version, secret, taking.encoding), taking);
    if (username === undefined || password === undefined)
      throw new RenderRefusal(
        `secret ${secret} is neither user:password nor JSON with the properties username and password`,
      );
    const what = valueOf(secret);
    return { username: textBytes(username, what), password: textBytes(password, what) };
  });
}

async function loginIn(text: string, taking: Taking): Promise<(string | undefined)[]> {
  const { secret, format, unescapeNewlines } = taking;
  const json =
    format === undefined ? jsonIn(text, valueOf(secret)) : await documentOf(text, format, valueOf(secret));
  if (json !== undefined)
    return isJsonObject(json) ? partsOf(json, ['username', 'password'], secret, unescapeNewlines) : [];
  if (/\n[ \t]*password[ \t]*[:=]/i.test(text))
    throw new RenderRefusal(
      `${valueOf(secret)} has a line for the password: say its format (yaml, env or properties)`,
    );
  const login = unescapeNewlines ? unescaped(text) : text;
  const colon = login.indexOf(':');
  return colon < 0 ? [] : [login.slice(0, colon), login.slice(colon + 1)];
}

/**
 * What begins like JSON was meant as JSON: were it split at a colon, its brace would begin the user's name. A list or a text in
 * quotation marks is taken for JSON where it is some.
 */
function jsonIn(text: string, what: string): Json | undefined {
  const first = /^\uFEFF?\s*([{["])/.exec(text)?.[1];
  if (first === undefined) return undefined;
  const json = jsonIfAny(text, what);
  if (json === undefined && first === '{') throw new RenderRefusal(`${what} begins with { and is not JSON`);
  return json;
}
