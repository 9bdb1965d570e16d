import { VaultcastError } from '../../errors.ts';

const textOf = (error: unknown, field: 'name' | 'message'): string => {
  const value = typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined;
  return typeof value === 'string' ? value : '';
};

/** What may be said of an SDK's error: its class and Entra's own number, never its text, which quotes requests. */
function reasonOf(error: unknown): string {
  const name = textOf(error, 'name');
  const entra = /\bAADSTS\d{4,7}\b/.exec(textOf(error, 'message'))?.[0];
  return [/^[A-Za-z]{1,60}$/.test(name) ? name : 'Error', ...(entra ? [entra] : [])].join(', ');
}

/** Any failure to get a token. Retried; who mends it: the deployment (identity assigned? AZURE_CLIENT_ID right?). */
export function tokenFailure(error: unknown, scope: string): VaultcastError {
  if (error instanceof VaultcastError) return error;
  const advice = 'check AZURE_CLIENT_ID and that the identity is assigned to the app';
  return new VaultcastError('TOKEN_UNAVAILABLE', `no token for ${scope} (${reasonOf(error)}); ${advice}`);
}
