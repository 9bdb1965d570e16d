import { z } from 'zod';
import type { RunAz } from './run.ts';

/** Why a question has no answer. */
export type Refusal = 'missing' | 'login' | 'slow' | 'forbidden' | 'absent' | 'failed';

export interface Refused {
  ok: false;
  refusal: Refusal;
  /** What the CLI said, its one line about it. */
  text: string;
}

export type Answer<T> = { ok: true; json: T } | Refused;

/** Sentences of the CLI and codes of Resource Manager, in the order they are looked for. */
const SAID: readonly [RegExp, Refusal][] = [
  [
    /az login|AADSTS\d+|no subscription found|Interactive authentication|(?:Invalid|Expired)AuthenticationToken/i,
    'login',
  ],
  [/AuthorizationFailed|Forbidden|does not have authorization|\b403\b/i, 'forbidden'],
  [/ResourceNotFound|ResourceGroupNotFound|SubscriptionNotFound|Not ?Found|\b404\b/i, 'absent'],
];

/** Warnings about updates and deprecations come first, and mean nothing here. */
function mainLine(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return (
    lines.find((line) => line.startsWith('ERROR')) ?? lines.find((line) => !line.startsWith('WARNING')) ?? ''
  );
}

const failed = (text: string): Refused => ({ ok: false, refusal: 'failed', text });

function refused(stderr: string): Refused {
  const text = mainLine(stderr);
  const refusal = SAID.find(([pattern]) => pattern.test(stderr))?.[1] ?? 'failed';
  return { ok: false, refusal, text };
}

function jsonIn(stdout: string): unknown {
  try {
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

/** What was printed, as far as it is what such a question is answered with; a CLI may print less, or something else. */
function read<T>(stdout: string, shape: z.ZodType<T>): Answer<T> {
  const { success, data, error } = shape.safeParse(jsonIn(stdout));
  if (success) return { ok: true, json: data };
  const at = error.issues[0]?.path.map(String).join('.') ?? '';
  return failed(`its answer is not understood${at === '' ? '' : `, at ${at}`}; az upgrade may help`);
}

/** Runs a command that prints JSON of this shape. */
export async function askAz<T>(run: RunAz, args: readonly string[], shape: z.ZodType<T>): Promise<Answer<T>> {
  const { ended, status, stdout, stderr } = await run([...args, '--output', 'json']);
  if (ended !== 'done') return { ok: false, refusal: ended, text: '' };
  return status === 0 ? read(stdout, shape) : refused(stderr);
}

const rest = <T>(
  run: RunAz,
  method: 'get' | 'post',
  url: string,
  shape: z.ZodType<T>,
  body: string[] = [],
): Promise<Answer<T>> => askAz(run, ['rest', '--method', method, '--url', url, ...body], shape);

/** Asks Resource Manager itself; a path without a host is its own, in whatever cloud the CLI is signed in to. */
export const getFrom = <T>(
  run: RunAz,
  path: string,
  version: string,
  shape: z.ZodType<T>,
): Promise<Answer<T>> => rest(run, 'get', `${path}?api-version=${version}`, shape);

interface Question {
  path: string;
  version: string;
  /** Must not hold a blank: shells of Windows would split it. */
  body: object;
}

/** A question that needs a body of its own. */
export const postTo = <T>(
  run: RunAz,
  { path, version, body }: Question,
  shape: z.ZodType<T>,
): Promise<Answer<T>> =>
  rest(run, 'post', `${path}?api-version=${version}`, shape, ['--body', JSON.stringify(body)]);

/** Every page of a list: what stands in `value`. The first page that has no answer is the answer. */
export async function listFrom<T>(
  run: RunAz,
  path: string,
  version: string,
  item: z.ZodType<T>,
): Promise<Answer<T[]>> {
  const page = z.object({ value: z.array(item), nextLink: z.string().nullish() });
  const items: T[] = [];
  let next = `${path}?api-version=${version}`;
  while (next !== '') {
    const answer = await rest(run, 'get', next, page);
    if (!answer.ok) return answer;
    items.push(...answer.json.value);
    next = answer.json.nextLink ?? '';
  }
  return { ok: true, json: items };
}
