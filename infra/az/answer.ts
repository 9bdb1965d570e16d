import type { Ran, RunAz } from './run.ts';

/** Why a question has no answer. */
export type Refusal = 'missing' | 'login' | 'slow' | 'forbidden' | 'absent' | 'failed';

export type Answer =
  | { ok: true; json: unknown }
  /** `text` is what the CLI said, its first line. */
  | { ok: false; refusal: Refusal; text: string };

/** Sentences of the CLI and codes of Resource Manager, in the order they are looked for. */
const SAID: readonly [RegExp, Refusal][] = [
  [/az login|AADSTS\d+|no subscription found|Interactive authentication/i, 'login'],
  [/AuthorizationFailed|Forbidden|does not have authorization|\b403\b/i, 'forbidden'],
  [/ResourceNotFound|ResourceGroupNotFound|SubscriptionNotFound|Not ?Found|\b404\b/i, 'absent'],
];

function judged({ ended, status, stdout, stderr }: Ran): Answer {
  if (ended !== 'done') return { ok: false, refusal: ended, text: '' };
  if (status === 0)
    return { ok: true, json: stdout.trim() === '' ? undefined : (JSON.parse(stdout) as unknown) };
  const [text = ''] = stderr.trim().split('\n');
  const refusal = SAID.find(([pattern]) => pattern.test(stderr))?.[1] ?? 'failed';
  return { ok: false, refusal, text };
}

/** Runs a command that prints JSON. */
export const askAz = async (run: RunAz, args: readonly string[]): Promise<Answer> =>
  judged(await run([...args, '--output', 'json']));

/** Asks Resource Manager itself; a path without a host is its own, in whatever cloud the CLI is signed in to. */
export const getFrom = (run: RunAz, path: string, version: string): Promise<Answer> =>
  askAz(run, ['rest', '--method', 'get', '--url', `${path}?api-version=${version}`]);

/** A question that needs a body of its own, which must not hold a blank: shells of Windows would split it. */
export const postTo = (run: RunAz, path: string, version: string, body: object): Promise<Answer> =>
  askAz(run, [
    'rest',
    '--method',
    'post',
    '--url',
    `${path}?api-version=${version}`,
    '--body',
    JSON.stringify(body),
  ]);

/** Every page of a list: what stands in `value`. The first page that has no answer is the answer. */
export async function listFrom(
  run: RunAz,
  path: string,
  version: string,
): Promise<Answer & { items?: unknown[] }> {
  const items: unknown[] = [];
  let next: string | undefined = `${path}?api-version=${version}`;
  while (next !== undefined) {
    const page: Answer = await askAz(run, ['rest', '--method', 'get', '--url', next]);
    if (!page.ok) return page;
    const { value, nextLink } = page.json as { value: unknown[]; nextLink?: string | null };
    items.push(...value);
    next = nextLink === null || nextLink === '' ? undefined : nextLink;
  }
  return { ok: true, json: items, items };
}
