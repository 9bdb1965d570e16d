import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { inInvocation, isConfigured } from '../shared/app.ts';
import { withReadiness } from '../shared/commands/readiness.ts';
import { statusOf } from '../shared/commands/status.ts';
import { NEVER } from '../shared/time.ts';
import { commit, version } from '../shared/version.ts';

/** Says whether the app can work, and which build it is; nothing else, for anybody may ask. */
export async function health(): Promise<HttpResponseInit> {
  const build = { version: version(), commit: commit() };
  return isConfigured()
    ? { jsonBody: { status: 'ok', ...build } }
    : { status: 503, jsonBody: { status: 'unavailable', ...build } };
}

/**
 * What is wrong anywhere: counts per cluster and every target that is not current, `?cluster=` limits it to one; and whether
 * the app can read its queues and tables.
 */
export async function status(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const cluster = request.query.get('cluster') ?? undefined;
  return inInvocation(context, async ({ ports, readiness }) => ({
    jsonBody: await withReadiness(() => statusOf(ports, cluster), await readiness(NEVER)),
  }));
}

app.http('health', { methods: ['GET'], authLevel: 'anonymous', route: 'health', handler: health });
app.http('status', { methods: ['GET'], authLevel: 'function', route: 'status', handler: status });
