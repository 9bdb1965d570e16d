import { postTo } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import type { Outputs } from './outputs.ts';

const TIMEOUT_MS = 30_000;

/** The key of the one function that is asked, never that of the host, which opens them all. It is printed nowhere. */
async function keyOf(run: RunAz, { FUNCTION_APP_ID }: Outputs): Promise<string> {
  const answer = await postTo(run, `${FUNCTION_APP_ID}/functions/status/listkeys`, '2024-04-01', {});
  if (!answer.ok) throw new Error(`the key of /api/status: ${answer.text || answer.refusal}`);
  return (answer.json as { default: string }).default;
}

/** Asks the app what it can read. Rejects when it does not answer; right after a deployment it may have no key yet. */
export async function askStatus(run: RunAz, outputs: Outputs): Promise<{ status: number; json: unknown }> {
  const headers = { 'x-functions-key': await keyOf(run, outputs) };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetch(new URL('/api/status', outputs.FUNCTION_APP_URL), { headers, signal });
  const text = await answer.text();
  return { status: answer.status, json: answer.ok ? (JSON.parse(text) as unknown) : undefined };
}
