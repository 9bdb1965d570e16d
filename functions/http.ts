import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { inInvocation, isConfigured } from '../shared/app.ts';
import { secretOf } from '../shared/commands/secret.ts';
import { selectionOf, statusOf } from '../shared/commands/status.ts';
import { commit, version } from '../shared/version.ts';

/** Says whether the app can work, and which build it is; nothing else, for anybody may ask. */
export async function health(): Promise<HttpResponseInit> {
  const build = { version: version(), commit: commit() };
  return isConfigured()
    ? { jsonBody: { status: 'ok', ...build } }
    : { status: 503, jsonBody: { status: 'unavailable', ...build } };
}

/** What is wrong anywhere, or where the query selects; with `?secret=` where that one secret is. */
export async function status({ query }: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const secret = query.get('secret');
  return inInvocation(context, async ({ ports }) => {
    if (secret === null) return { jsonBody: await statusOf(ports, selectionOf(query)) };
    const found = await secretOf(ports, secret);
    return found === undefined ? { status: 400 } : { jsonBody: found };
  });
}

app.http('health', { methods: ['GET'], authLevel: 'anonymous', route: 'health', handler: health });
app.http('status', { methods: ['GET'], authLevel: 'function', route: 'status', handler: status });
