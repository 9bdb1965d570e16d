import { isJsonObject, parseJson } from './json.ts';
import { RenderRefusal } from './refusal.ts';
import { utf8Text } from './bytes.ts';

/** Key -> base64. */
type Data = Readonly<Record<string, string>>;

const bytesAt = (data: Data, key: string): Buffer | undefined => {
  const base64 = Object.hasOwn(data, key) ? data[key] : undefined;
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
};

const missing = (data: Data, keys: readonly string[]): string[] =>
  keys.filter((key) => bytesAt(data, key) === undefined);

/** Kubernetes wants JSON that reads into a mapping. It lets `null` pass, which no kubelet can use: that is refused here. */
function dockerConfigProblem(data: Data, key: string): string | undefined {
  const bytes = bytesAt(data, key);
  if (bytes === undefined) return `the key ${key}`;
  const json = parseJson(utf8Text(bytes, `the key ${key}`), `the key ${key}`);
  return isJsonObject(json) ? undefined : `a JSON object in the key ${key}`;
}

function keysProblem(data: Data, keys: readonly string[]): string | undefined {
  const absent = missing(data, keys);
  if (absent.length === 0) return undefined;
  return `the key${absent.length > 1 ? 's' : ''} ${absent.join(' and ')}`;
}

/** What each type needs: ValidateSecret of Kubernetes (pkg/apis/core/validation/validation.go). */
const NEEDS: Readonly<Record<string, (data: Data) => string | undefined>> = {
  'kubernetes.io/tls': (data) => keysProblem(data, ['tls.crt', 'tls.key']),
  'kubernetes.io/dockerconfigjson': (data) => dockerConfigProblem(data, '.dockerconfigjson'),
  'kubernetes.io/dockercfg': (data) => dockerConfigProblem(data, '.dockercfg'),
  'kubernetes.io/basic-auth': (data) =>
    missing(data, ['username', 'password']).length === 2 ? 'a key username or password' : undefined,
  'kubernetes.io/ssh-auth': (data) =>
    (bytesAt(data, 'ssh-privatekey')?.length ?? 0) > 0 ? undefined : 'a key ssh-privatekey that is not empty',
};

/** Refuses what the API server would refuse. `because` says which sources gave no value now, if any. */
export function assertType(type: string, data: Data, because: string): void {
  const needs = Object.hasOwn(NEEDS, type) ? NEEDS[type]?.(data) : undefined;
  if (needs !== undefined) throw new RenderRefusal(`type ${type} needs ${needs}${because}`);
}
