import { app, type HttpResponseInit } from '@azure/functions';
import { version } from '../shared/version.ts';

/** Says that the app runs, and which version; nothing else, for anybody may ask. */
export async function health(): Promise<HttpResponseInit> {
  return { jsonBody: { status: 'ok', version: version() } };
}

app.http('health', { methods: ['GET'], authLevel: 'anonymous', route: 'health', handler: health });
