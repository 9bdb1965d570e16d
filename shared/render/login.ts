import type { SourceVersion } from '../source/source.ts';
import { textBytes } from './bytes.ts';
import { isJsonObject, type Json, jsonText, parseJson, propertyOf } from './json.ts';
import { RenderRefusal } from './refusal.ts';
import { sourceBytes, sourceText, valueOf } from './value.ts';

/** A login at one container registry. */
export interface Login {
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

/** One secret with a registry login: a ready docker config is kept byte by byte, a login becomes one. */
export function dockerConfigOf(version: SourceVersion, source: string): Uint8Array {
  const json = parseJson(sourceText(version, source), valueOf(source));
  if (isJsonObject(json) && isJsonObject(propertyOf(json, 'auths'))) return sourceBytes(version, source);
  const [registry, username, password, email] = textsOf(json, ['registry', 'username', 'password', 'email']);
  if (registry === undefined || username === undefined || password === undefined)
    throw new RenderRefusal(
      `secret ${source} is neither a docker config (property auths) nor a login (properties registry, username, password)`,
    );
  const login = { registry, username, password, ...(email === undefined ? {} : { email }) };
  return dockerConfig([login], `secret ${source}`);
}

/** `user:password`, split at the first colon, or JSON with the properties username and password. */
export function basicAuthOf(
  version: SourceVersion,
  source: string,
): { username: Uint8Array; password: Uint8Array } {
  const text = sourceText(version, source);
  const [username, password] = loginIn(text, source);
  if (username === undefined || password === undefined)
    throw new RenderRefusal(
      `secret ${source} is neither user:password nor JSON with the properties username and password`,
    );
  const what = valueOf(source);
  return { username: textBytes(username, what), password: textBytes(password, what) };
}

function loginIn(text: string, source: string): (string | undefined)[] {
  const json = text.startsWith('{') ? tryJson(text, source) : undefined;
  if (isJsonObject(json)) return textsOf(json, ['username', 'password']);
  const colon = text.indexOf(':');
  return colon < 0 ? [] : [text.slice(0, colon), text.slice(colon + 1)];
}

function tryJson(text: string, source: string): Json | undefined {
  try {
    return parseJson(text, valueOf(source));
  } catch {
    // A user name may start with a brace.
    return undefined;
  }
}

function textsOf(json: Json, names: readonly string[]): (string | undefined)[] {
  return names.map((name) => {
    const found = propertyOf(json, name);
    return found === undefined ? undefined : jsonText(found);
  });
}
