import { setTimeout as sleep } from 'node:timers/promises';
import { app, output } from '@azure/functions';
import type { HttpRequest, InvocationContext, Timer } from '@azure/functions';
import { say } from './say.ts';

interface WorkMessage {
  fail?: boolean;
  failAsPoison?: boolean;
  sleepMs?: number;
}

const connection = 'AzureWebJobsStorage';

app.storageQueue('work', {
  queueName: '%WORK_QUEUE%',
  connection,
  return: output.storageQueue({ queueName: '%WORK_QUEUE%-done', connection }),
  handler: async (message: unknown, { triggerMetadata }: InvocationContext) => {
    const { fail, sleepMs = 0 } = (message ?? {}) as WorkMessage;
    say({ fn: 'work', message, triggerMetadata, pid: process.pid });
    await sleep(sleepMs);
    if (fail) throw new Error('cannot do this');
    say({ fn: 'work', finished: message, pid: process.pid });
    return { did: message };
  },
});

app.storageQueue('gaveUp', {
  queueName: '%WORK_QUEUE%-poison',
  connection,
  handler: (message: unknown, { triggerMetadata }: InvocationContext) => {
    say({ fn: 'gaveUp', message, dequeueCount: triggerMetadata?.['dequeueCount'] });
    if ((message as WorkMessage).failAsPoison) throw new Error('cannot do this either');
  },
});

app.timer('tick', {
  schedule: '%TICK%',
  handler: async (timer: Timer) => {
    say({ fn: 'tick', timer, pid: process.pid });
    await sleep(Number(process.env['TICK_MS'] ?? 0));
    say({ fn: 'tick', ended: true });
  },
});

app.http('items', {
  route: 'items/{id}/{part?}',
  methods: ['GET', 'POST'],
  authLevel: 'anonymous',
  handler: async (request: HttpRequest) => ({
    status: 201,
    headers: { 'x-method': request.method },
    jsonBody: { params: request.params, q: request.query.get('q'), body: await request.text() },
  }),
});

app.http('fixed', {
  route: 'items/fixed',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => ({ body: 'fixed' }),
});
app.http('process', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: async (request: HttpRequest) => {
    say({ fn: 'process', begun: true });
    await sleep(Number(request.query.get('sleepMs') ?? 0));
    return { jsonBody: { pid: process.pid, execArgv: process.execArgv } };
  },
});
app.http('status', { methods: ['GET'], authLevel: 'function', handler: () => ({ body: 'secret status' }) });
app.http('empty', { methods: ['GET'], authLevel: 'anonymous', handler: () => undefined as never });
app.http('broken', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => {
    throw new Error('broken inside');
  },
});
