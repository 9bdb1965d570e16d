import { setTimeout as sleep } from 'node:timers/promises';
import { app, output } from '@azure/functions';
import type { InvocationContext } from '@azure/functions';
import { say } from './say.ts';

interface SampleEvent {
  id: string;
  data: { fail?: string; sleepMs?: number; crash?: boolean; messages?: unknown[]; others?: unknown[] };
}

app.hook.log((line) => {
  line.message = line.message.replace('password', '***');
});
app.hook.preInvocation(({ hookData, invocationContext }) => {
  hookData['name'] = invocationContext.functionName;
  say({ fn: 'hook', before: invocationContext.functionName });
});
app.hook.postInvocation(({ hookData }) => say({ fn: 'hook', after: hookData['name'] as string }));
app.hook.appTerminate(() => say({ fn: 'hook', terminated: true, pid: process.pid }));

const connection = 'AzureWebJobsStorage';
const queue = output.storageQueue({ queueName: '%WORK_QUEUE%-events', connection });
const otherQueue = output.storageQueue({ queueName: '%WORK_QUEUE%-others', connection });

app.eventGrid('onEvent', {
  extraOutputs: [queue, otherQueue],
  handler: async (event: unknown, context: InvocationContext) => {
    const { id, data } = event as SampleEvent;
    say({ fn: 'onEvent', event, data: context.triggerMetadata?.['data'] });
    context.warn(`context log of ${id}`);
    if (data.messages) context.extraOutputs.set(queue, data.messages);
    if (data.others) context.extraOutputs.set(otherQueue, data.others);
    if (data.sleepMs !== undefined) await sleep(data.sleepMs);
    if (data.crash) process.kill(process.pid, 'SIGKILL');
    if (data.fail !== undefined) throw new Error(data.fail);
    say({ fn: 'onEvent', finished: id });
  },
});
