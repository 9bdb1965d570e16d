import type { Views } from '../views.ts';

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

/** The server says what failed and, where there is any, what to do about it; of a session that ended, plain text. */
async function reasonIn(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { message, advice = '' } = JSON.parse(text) as { message: string; advice?: string };
    return `${message}. ${advice}`;
  } catch {
    return response.status === 403 ? 'This session has ended: start vaultcast dashboard again.' : text;
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** A view of the server. */
export function view<Name extends keyof Views>(
  name: Name,
  query: Query,
  signal: AbortSignal,
): Promise<Views[Name]> {
  return asked(`api/${pathOf(name, query)}`, { signal });
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
export function pathOf(name: keyof Views, query: Query): string {
  const said = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[key, String(value)]],
  );
  return said.length === 0 ? name : `${name}?${String(new URLSearchParams(said))}`;
}
