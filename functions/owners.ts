import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { inInvocation } from '../shared/app.ts';
import { secretOf } from '../shared/commands/secret.ts';

/** Where one secret is, for its owner, whom the platform signed in; no key is asked, and nobody else gets past the door. */
export async function handler(
  { query, headers }: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  return inInvocation(context, async ({ ports, ownerRefusal }) => {
    const refusal = ownerRefusal(headers.get('x-ms-client-principal'));
    if (refusal !== undefined) return { status: refusal.status, jsonBody: { message: refusal.message } };
    const found = await secretOf(ports, query.get('secret') ?? '');
    return found === undefined ? { status: 400 } : { jsonBody: found };
  });
}

// Anonymous to the host, which knows keys only: https://learn.microsoft.com/azure/azure-functions/security-concepts
app.http('owners-status', { methods: ['GET'], authLevel: 'anonymous', route: 'owners/status', handler });
