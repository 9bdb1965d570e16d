import { utf8Text } from './bytes.ts';
import { isJsonObject, type Json, parseJson, propertyOf } from './json.ts';

/** What is wrong with a .dockerconfigjson, or undefined. Kubernetes takes any JSON object; a kubelet needs logins in it. */
export function dockerConfigProblem(bytes: Buffer, what: string): string | undefined {
  const json = parseJson(utf8Text(bytes, what), what);
  if (!isJsonObject(json)) return 'holds no JSON object';
  const auths = propertyOf(json, 'auths');
  if (auths === undefined)
    return 'has no property auths: it is no docker config (without auths around it, type kubernetes.io/dockercfg)';
  return isJsonObject(auths) ? loginsProblem(auths) : 'has a property auths that is no object';
}

/** The same for the older .dockercfg, which is what stands in `auths`. */
export function dockercfgProblem(bytes: Buffer, what: string): string | undefined {
  const json = parseJson(utf8Text(bytes, what), what);
  if (!isJsonObject(json)) return 'holds no JSON object';
  return propertyOf(json, 'auths') === undefined
    ? loginsProblem(json)
    : 'has a property auths: it is a docker config, of type kubernetes.io/dockerconfigjson';
}

function loginsProblem(auths: Record<string, Json>): string | undefined {
  const logins = Object.values(auths);
  if (!logins.every(isJsonObject)) return 'has a login that is no object';
  const problem = logins.map(loginProblem).find((one) => one !== undefined);
  if (problem !== undefined) return problem;
  const isEmpty = logins.length > 0 && logins.every((login) => Object.keys(login).length === 0);
  return isEmpty ? 'names registries without a login: a credential helper keeps them elsewhere' : undefined;
}

const TEXTS = ['auth', 'username', 'password', 'email', 'identitytoken', 'registrytoken'];

/** As a kubelet reads it: texts, and `auth` is base64 of user and password. One bad login makes it drop all. */
function loginProblem(login: Record<string, Json>): string | undefined {
  const wrong = TEXTS.find((name) => login[name] !== undefined && typeof login[name] !== 'string');
  if (wrong !== undefined) return `has a login whose ${wrong} is no text`;
  const auth = login['auth'];
  if (typeof auth !== 'string' || auth === '') return undefined;
  const isLogin = Buffer.from(auth, 'base64').toString('latin1').includes(':');
  return isLogin ? undefined : 'has a login whose auth is not base64 of user:password';
}
