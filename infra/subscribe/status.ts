import { z } from 'zod';
import { postTo } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { unanswered } from '../preflight/finding.ts';
import type { Outputs } from './outputs.ts';

const TIMEOUT_MS = 30_000;

const KEYS = z.object({ default: z.string() });

/** The key of the one function that is asked, never that of the host, which opens them all. It is printed nowhere. */
async function keyOf(run: RunAz, { FUNCTION_APP_ID }: Outputs): Promise<string> {
  const path = `${FUNCTION_APP_ID}/functions/status/listkeys`;
  const answer = await postTo(run, { path, version: '2024-04-01', body: {} }, KEYS);
  if (!answer.ok) throw new Error(unanswered(answer, 'the key of /api/status').text);
  return answer.json.default;
}

/** Asks the app what it can read. Rejects when it does not answer; right after a deployment it may have no key yet. */
export async function askStatus(run: RunAz, outputs: Outputs): Promise<{ status: number; json: unknown }> {
  const headers = { 'x-functions-key': await keyOf(run, outputs) };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetch(new URL('/api/status', outputs.FUNCTION_APP_URL), { headers, signal });
  const text = await answer.text();
  return { status: answer.status, json: answer.ok ? (JSON.parse(text) as unknown) : undefined };
}
