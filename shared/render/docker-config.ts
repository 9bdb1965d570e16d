import { utf8Text } from './bytes.ts';
import { isJsonObject, type Json, parseJson, propertyOf } from './json.ts';

/** What a kubelet makes of a docker config: a problem, with which it is of no use, or what a person should know of it. */
type Finding = { problem: string } | { remark: string | undefined };

const problem = (why: string): Finding => ({ problem: why });

/** Of a .dockerconfigjson. Kubernetes takes any JSON object; a kubelet needs logins in it. Throws RenderRefusal. */
export function dockerConfigFinding(bytes: Buffer, what: string): Finding {
  const json = parseJson(utf8Text(bytes, what), what);
  if (!isJsonObject(json)) return problem('holds no JSON object');
  const auths = propertyOf(json, 'auths');
  if (auths === undefined)
    return problem(
      'has no property auths: it is no docker config (without auths around it, type kubernetes.io/dockercfg)',
    );
  if (!isJsonObject(auths)) return problem('has a property auths that is no object');
  return loginsFinding(
    auths,
    HELPERS.some((name) => propertyOf(json, name) !== undefined),
  );
}

/** The same of the older .dockercfg, which is what stands in `auths`. */
export function dockercfgFinding(bytes: Buffer, what: string): Finding {
  const json = parseJson(utf8Text(bytes, what), what);
  if (!isJsonObject(json)) return problem('holds no JSON object');
  return propertyOf(json, 'auths') === undefined
    ? loginsFinding(json, false)
    : problem('has a property auths: it is a docker config, of type kubernetes.io/dockerconfigjson');
}

/** Where docker keeps logins instead, on the machine of whoever stored the file. */
const HELPERS = ['credsStore', 'credHelpers'];
const ELSEWHERE = 'a credential helper keeps them elsewhere';

/**
 * A file that lists nobody is one that docker writes after a logout, and a placeholder of some: it is right as it is, and it is
 * said. One that names registries, or a helper, was meant to hold logins.
 */
function loginsFinding(auths: Record<string, Json>, hasHelper: boolean): Finding {
  const logins = Object.values(auths);
  if (!logins.every(isJsonObject)) return problem('has a login that is no object');
  const wrong = logins.map(loginProblem).find((one) => one !== undefined);
  if (wrong !== undefined) return problem(wrong);
  const without = logins.filter(isEmpty).length;
  if (logins.length === 0 && !hasHelper) return { remark: 'holds no login: images are pulled without one' };
  if (without === logins.length)
    return problem(
      `${logins.length === 0 ? 'holds no login' : 'names registries without a login'}: ${ELSEWHERE}`,
    );
  return { remark: without === 0 ? undefined : `has no login for ${without} of the registries it names` };
}

const PROOFS = ['auth', 'username', 'password', 'identitytoken', 'registrytoken'];

/** Nothing in it proves anybody. */
const isEmpty = (login: Record<string, Json>): boolean =>
  PROOFS.every((name) => login[name] === undefined || login[name] === '');

const TEXTS = [...PROOFS, 'email'];

/** As a kubelet reads it: texts, and `auth` is base64, padded or not, of user and password. One bad login makes it drop all. */
function loginProblem(login: Record<string, Json>): string | undefined {
  const wrong = TEXTS.find((name) => login[name] !== undefined && typeof login[name] !== 'string');
  if (wrong !== undefined) return `has a login whose ${wrong} is no text`;
  const auth = login['auth'];
  if (typeof auth !== 'string' || auth === '') return undefined;
  const text = auth.replaceAll(/[\r\n]/g, '').replace(/={1,2}$/, '');
  const bytes = Buffer.from(text, 'base64');
  const isLogin = bytes.includes(':') && bytes.toString('base64').replace(/={1,2}$/, '') === text;
  return isLogin ? undefined : 'has a login whose auth is not base64 of user:password';
}
