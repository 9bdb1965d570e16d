import { app, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { inInvocation } from '../shared/app.ts';
import { metricsOf } from '../shared/commands/metrics.ts';
import { OPEN_METRICS } from '../shared/output/metrics.ts';

/** How the fleet is doing, for Prometheus: see infra/metrics.md. */
export async function handler(_: unknown, context: InvocationContext): Promise<HttpResponseInit> {
  return inInvocation(context, async ({ ports }) => ({
    headers: { 'content-type': OPEN_METRICS },
    body: await metricsOf(ports),
  }));
}

app.http('metrics', { methods: ['GET'], authLevel: 'function', route: 'metrics', handler });
