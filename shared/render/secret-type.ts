import { dockerConfigFinding, dockercfgFinding } from './docker-config.ts';
import { RenderRefusal } from './refusal.ts';

/** What stands under a key of a Secret. */
export interface Value {
  bytes: Buffer;
  /** The secrets it is made of. */
  sources: readonly string[];
  /** Whether it stays as found: nobody can mend it now, and nothing is judged anew. */
  isKept: boolean;
}

type Data = ReadonlyMap<string, Value>;

/** What a type makes of the data: keys that are written otherwise, and what a person should know of it. */
interface Typed {
  rewritten: ReadonlyMap<string, Buffer>;
  notes: readonly string[];
}

export const AS_IT_IS: Typed = { rewritten: new Map(), notes: [] };

const missing = (data: Data, keys: readonly string[]): string[] => keys.filter((key) => !data.has(key));

function keysProblem(data: Data, keys: readonly string[]): string | undefined {
  const absent = missing(data, keys);
  if (absent.length === 0) return undefined;
  return `the key${absent.length > 1 ? 's' : ''} ${absent.join(' and ')}`;
}

/** What each type needs: ValidateSecret of Kubernetes (pkg/apis/core/validation/validation.go). */
const NEEDS: Readonly<Record<string, (data: Data) => string | undefined>> = {
  'kubernetes.io/tls': (data) => keysProblem(data, ['tls.crt', 'tls.key']),
  'kubernetes.io/dockerconfigjson': (data) => keysProblem(data, ['.dockerconfigjson']),
  'kubernetes.io/dockercfg': (data) => keysProblem(data, ['.dockercfg']),
  'kubernetes.io/basic-auth': (data) =>
    missing(data, ['username', 'password']).length === 2 ? 'a key username or password' : undefined,
  'kubernetes.io/ssh-auth': (data) =>
    (data.get('ssh-privatekey')?.bytes.length ?? 0) > 0
      ? undefined
      : 'a key ssh-privatekey that is not empty',
};

/** Whether a type asks anything of the data. */
export const isJudged = (type: string): boolean => Object.hasOwn(NEEDS, type);

/** Throws RenderRefusal when a key is missing without which the API server takes no Secret of that type. */
export function assertKeys(type: string, data: Data, because: string): void {
  const needs = Object.hasOwn(NEEDS, type) ? NEEDS[type]?.(data) : undefined;
  if (needs !== undefined) throw new RenderRefusal(`type ${type} needs ${needs}${because}`);
}

/**
 * Refuses what the API server would refuse, and what no reader of the type could use; writes anew what only stands in the
 * wrong order or form. `because` says which sources gave no value now, if any; `now` in Unix seconds.
 */
export async function typed(type: string, data: Data, because: string, now: number): Promise<Typed> {
  assertKeys(type, data, because);
  switch (type) {
    case 'kubernetes.io/tls':
      return pair(data, because, now);
    case 'kubernetes.io/dockerconfigjson':
      return docker(data, '.dockerconfigjson', dockerConfigFinding);
    case 'kubernetes.io/dockercfg':
      return docker(data, '.dockercfg', dockercfgFinding);
    default:
      return AS_IT_IS;
  }
}

async function pair(data: Data, because: string, now: number): Promise<Typed> {
  const [crt, key] = [data.get('tls.crt'), data.get('tls.key')];
  if (crt === undefined || key === undefined || (crt.isKept && key.isKept)) return AS_IT_IS;
  const { checkedPair } = await import('./pair.ts');
  const half = ({ bytes, sources }: Value) => ({ bytes, sources: sources.join(', ') });
  try {
    const checked = await checkedPair(half(crt), half(key), now);
    const rewritten = new Map(
      [['tls.crt', checked.crt, crt] as const, ['tls.key', checked.key, key] as const]
        .filter(([, bytes, value]) => !value.isKept && !bytes.equals(value.bytes))
        .map(([name, bytes]) => [name, bytes] as const),
    );
    return { rewritten, notes: checked.notes };
  } catch (error) {
    if (!(error instanceof RenderRefusal)) throw error;
    throw new RenderRefusal(`type kubernetes.io/tls: ${error.message}${because}`);
  }
}

function docker(data: Data, key: string, findingOf: typeof dockerConfigFinding): Typed {
  const value = data.get(key);
  if (value === undefined || value.isKept) return AS_IT_IS;
  const bytes = withoutMark(value.bytes);
  const found = findingOf(bytes, `the key ${key}`);
  if ('problem' in found) throw new RenderRefusal(`the key ${key} ${found.problem}`);
  const notes = found.remark === undefined ? [] : [`the key ${key} ${found.remark}`];
  return { rewritten: bytes === value.bytes ? AS_IT_IS.rewritten : new Map([[key, bytes]]), notes };
}

/** A byte order mark is none of a JSON document's matter, but no kubelet reads past it. */
function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(Buffer.from('\uFEFF')) ? bytes.subarray(3) : bytes;
}
