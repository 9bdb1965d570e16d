import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { inInvocation } from '../shared/app.ts';
import { statusOf } from '../shared/commands/status.ts';
import { commit, version } from '../shared/version.ts';

/** Says that the app runs, and which build; nothing else, for anybody may ask. */
export async function health(): Promise<HttpResponseInit> {
  return { jsonBody: { status: 'ok', version: version(), commit: commit() } };
}

/** What is wrong anywhere: counts per cluster and every target that is not current. `?cluster=` limits it to one. */
export async function status(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const cluster = request.query.get('cluster') ?? undefined;
  return inInvocation(context, async ({ ports }) => ({ jsonBody: await statusOf(ports, cluster) }));
}

app.http('health', { methods: ['GET'], authLevel: 'anonymous', route: 'health', handler: health });
app.http('status', { methods: ['GET'], authLevel: 'function', route: 'status', handler: status });
