import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';
import { stringify } from 'yaml';
import type { Stack } from '../../local/stack/start.ts';

interface Asked {
  verb: 'get' | 'can-i';
  /** Of a review: what somebody may do. */
  may: string;
  kind: Kind;
  name: string;
  namespace: string;
  as: string | undefined;
}

/** The kinds that entries name: how the API calls them, and whether they stand in a namespace. */
const KINDS = {
  secret: { plural: 'secrets', namespaced: true },
  secrets: { plural: 'secrets', namespaced: true },
  namespace: { plural: 'namespaces', namespaced: false },
} as const;

type Kind = (typeof KINDS)[keyof typeof KINDS];

const NAMESPACE = { type: 'string', short: 'n', default: '' } as const;

/** https://kubernetes.io/docs/reference/kubectl/generated/ has the flags of each command. */
const FLAGS = {
  get: {
    namespace: NAMESPACE,
    output: { type: 'string', short: 'o' },
    'show-managed-fields': { type: 'boolean' },
  },
  'can-i': { namespace: NAMESPACE, as: { type: 'string' } },
} as const;

/** What a command line asks for. Throws where kubectl would refuse it, or where it does not say where it looks. */
export function readKubectl(args: readonly string[]): Asked {
  const isReview = args[0] === 'auth' && args[1] === 'can-i';
  if (!isReview && args[0] !== 'get') throw new Error(`kubectl ${args.join(' ')}: not known here`);
  return isReview ? readReview(args.slice(2)) : readGet(args.slice(1));
}

function readGet(args: string[]): Asked {
  const { values, positionals } = parseArgs({ args, options: FLAGS.get, allowPositionals: true });
  const [kind, name] = two(positionals);
  return { verb: 'get', may: '', ...placed(kind, values.namespace), name, as: undefined };
}

function readReview(args: string[]): Asked {
  const { values, positionals } = parseArgs({ args, options: FLAGS['can-i'], allowPositionals: true });
  const [may, kind] = two(positionals);
  return { verb: 'can-i', may, ...placed(kind, values.namespace), name: '', as: values.as };
}

function two(words: readonly string[]): [string, string] {
  const [first, second] = words;
  if (first === undefined || second === undefined || words.length > 2)
    throw new Error(`kubectl: ${words.join(' ')} is too much or too little`);
  return [first, second];
}

function placed(word: string, namespace: string): { kind: Kind; namespace: string } {
  const kind = Object.hasOwn(KINDS, word) ? KINDS[word as keyof typeof KINDS] : undefined;
  if (kind === undefined) throw new Error(`kubectl: no kind ${word} is known here`);
  if (kind.namespaced && namespace === '') throw new Error(`kubectl: of no namespace: ${word}`);
  return { kind, namespace };
}

/** Runs it against the API server of a cluster, as whom it says or as an administrator; returns what it prints. */
export async function kubectl(stack: Stack, cluster: string, args: readonly string[]): Promise<string> {
  const asked = readKubectl(args);
  const site = stack.sites.find(({ name }) => name === cluster);
  const { tokens, audience } = stack.trust;
  const token = await tokens.issue(audience, asked.as === undefined ? {} : { oid: asked.as });
  const dispatcher = new Agent({ connect: { ca: site?.caPem } });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  try {
    const { method, path, body } = callOf(asked);
    const answer = await request(`${site?.url}${path}`, {
      method,
      headers,
      dispatcher,
      ...(body && { body }),
    });
    return printed(asked, (await answer.body.json()) as Record<string, unknown>);
  } finally {
    await dispatcher.close();
  }
}

function callOf({ verb, may, kind, name, namespace }: Asked): {
  method: 'GET' | 'POST';
  path: string;
  body?: string;
} {
  const { plural, namespaced } = kind;
  if (verb === 'get')
    return {
      method: 'GET',
      path: `/api/v1/${namespaced ? `namespaces/${namespace}/` : ''}${plural}/${name}`,
    };
  const spec = { resourceAttributes: { verb: may, resource: plural, namespace } };
  const body = JSON.stringify({
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    spec,
  });
  return { method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body };
}

function printed({ verb }: Asked, answer: Record<string, unknown>): string {
  if (answer['kind'] === 'Status')
    return `Error from server (${String(answer['reason'])}): ${String(answer['message'])}`;
  if (verb === 'get') return stringify(answer);
  return (answer['status'] as { allowed: boolean }).allowed ? 'yes' : 'no';
}
