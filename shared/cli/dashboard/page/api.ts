import type { Failed } from '../views.ts';

/** What the server said of a request that failed: for people. */
class Refused extends Error {
  override readonly name = 'Refused';
}

async function asked<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, credentials: 'same-origin', cache: 'no-store' });
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new Refused('The command does not answer: is it still running?');
  }
  if (response.ok) return (await response.json()) as T;
  throw new Refused(await reasonIn(response));
}

async function reasonIn(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { message, advice = '' } = JSON.parse(text) as Failed;
    return `${message}. ${advice}`;
  } catch {
    return response.status === 403 ? 'This session has ended: start vaultcast dashboard again.' : text;
  }
}

/** A view of the server: `fleet`, `targets?cluster=weu-1`. */
export function view<T>(path: string, signal: AbortSignal): Promise<T> {
  return asked<T>(`api/${path}`, { signal });
}

/** What infra/build.ts made of the runbook. */
export function file<T>(path: string): Promise<T> {
  return asked<T>(path, {});
}

/** Asks for a change, as only this page may. */
export function post<T>(path: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json', 'x-vaultcast': 'dashboard' };
  return asked<T>(`api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** `targets?cluster=weu-1`, without what is not said. */
export function pathOf(name: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const said = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[key, String(value)]],
  );
  return said.length === 0 ? name : `${name}?${String(new URLSearchParams(said))}`;
}
