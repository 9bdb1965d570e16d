import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { inInvocation, isConfigured } from '../shared/app.ts';
import { withReadiness } from '../shared/commands/readiness.ts';
import { secretOf } from '../shared/commands/secret.ts';
import { selectionOf, statusOf } from '../shared/commands/status.ts';
import { NEVER } from '../shared/time.ts';
import { commit, version } from '../shared/version.ts';

/** Says whether the app can work, and which build it is; nothing else, for anybody may ask. */
export async function health(): Promise<HttpResponseInit> {
  const build = { version: version(), commit: commit() };
  return isConfigured()
    ? { jsonBody: { status: 'ok', ...build } }
    : { status: 503, jsonBody: { status: 'unavailable', ...build } };
}

/** What is wrong where the query selects, and whether the app can read its queues; with `?secret=` where that secret is. */
export async function status({ query }: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const secret = query.get('secret');
  return inInvocation(context, async ({ ports, readiness }) => {
    const report = () => statusOf(ports, selectionOf(query));
    if (secret === null) return { jsonBody: await withReadiness(report, await readiness(NEVER)) };
    const found = await secretOf(ports, secret);
    return found === undefined ? { status: 400 } : { jsonBody: found };
  });
}

app.http('health', { methods: ['GET'], authLevel: 'anonymous', route: 'health', handler: health });
app.http('status', { methods: ['GET'], authLevel: 'function', route: 'status', handler: status });
