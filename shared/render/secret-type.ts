import { dockerConfigFinding, dockercfgFinding } from './docker-config.ts';
import { RenderRefusal } from './refusal.ts';

/** Key -> what stands under it. */
type Data = ReadonlyMap<string, Buffer>;

/** Where the data comes from. */
interface Origin {
  /** Keys that stay as found: nobody can mend them now, and nothing is judged anew. */
  kept: ReadonlySet<string>;
  /** The secrets that a key is made of. */
  madeFrom: (key: string) => readonly string[];
  /** Which sources gave no value now, if any. */
  because: string;
  /** When the vault was read, in Unix seconds. */
  now: number;
}

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
    (data.get('ssh-privatekey')?.length ?? 0) > 0 ? undefined : 'a key ssh-privatekey that is not empty',
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
 * wrong order or form.
 */
export async function typed(type: string, data: Data, origin: Origin): Promise<Typed> {
  assertKeys(type, data, origin.because);
  switch (type) {
    case 'kubernetes.io/tls':
      return pair(data, origin);
    case 'kubernetes.io/dockerconfigjson':
      return docker(data, '.dockerconfigjson', origin, dockerConfigFinding);
    case 'kubernetes.io/dockercfg':
      return docker(data, '.dockercfg', origin, dockercfgFinding);
    default:
      return AS_IT_IS;
  }
}

async function pair(data: Data, { kept, madeFrom, because, now }: Origin): Promise<Typed> {
  const [crt, key] = [data.get('tls.crt'), data.get('tls.key')];
  if (crt === undefined || key === undefined) return AS_IT_IS;
  if (kept.has('tls.crt') && kept.has('tls.key')) return AS_IT_IS;
  const { checkedPair } = await import('./pair.ts');
  const half = (name: string, bytes: Buffer) => ({ bytes, sources: madeFrom(name).join(', ') });
  try {
    const checked = await checkedPair(half('tls.crt', crt), half('tls.key', key), now);
    const rewritten = new Map(
      [['tls.crt', checked.crt, crt] as const, ['tls.key', checked.key, key] as const]
        .filter(([name, bytes, before]) => !kept.has(name) && !bytes.equals(before))
        .map(([name, bytes]) => [name, bytes] as const),
    );
    return { rewritten, notes: checked.notes };
  } catch (error) {
    if (!(error instanceof RenderRefusal)) throw error;
    throw new RenderRefusal(`type kubernetes.io/tls: ${error.message}${because}`);
  }
}

function docker(data: Data, key: string, { kept }: Origin, findingOf: typeof dockerConfigFinding): Typed {
  const value = data.get(key);
  if (value === undefined || kept.has(key)) return AS_IT_IS;
  const bytes = withoutMark(value);
  const found = findingOf(bytes, `the key ${key}`);
  if ('problem' in found) throw new RenderRefusal(`the key ${key} ${found.problem}`);
  const notes = found.remark === undefined ? [] : [`the key ${key} ${found.remark}`];
  return { rewritten: bytes === value ? AS_IT_IS.rewritten : new Map([[key, bytes]]), notes };
}

/** A byte order mark is none of a JSON document's matter, but no kubelet reads past it. */
function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(Buffer.from('\uFEFF')) ? bytes.subarray(3) : bytes;
}
