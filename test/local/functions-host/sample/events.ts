import { app, output } from '@azure/functions';
import type { InvocationContext } from '@azure/functions';
import { say } from './say.ts';

interface SampleEvent {
  id: string;
  data: { fail?: string; messages?: unknown[] };
}

app.hook.log((line) => {
  line.message = line.message.replace('password', '***');
});
app.hook.preInvocation(({ hookData, invocationContext }) => {
  hookData['name'] = invocationContext.functionName;
  say({ fn: 'hook', before: invocationContext.functionName });
});
app.hook.postInvocation(({ hookData }) => say({ fn: 'hook', after: hookData['name'] as string }));
app.hook.appTerminate(() => say({ fn: 'hook', terminated: true }));

const queue = output.storageQueue({ queueName: '%WORK_QUEUE%-events', connection: 'AzureWebJobsStorage' });

app.eventGrid('onEvent', {
  extraOutputs: [queue],
  handler: (event: unknown, context: InvocationContext) => {
    const { id, data } = event as SampleEvent;
    say({ fn: 'onEvent', event, data: context.triggerMetadata?.['data'] });
    context.warn(`context log of ${id}`);
    if (data.fail !== undefined) throw new Error(data.fail);
    if (data.messages) context.extraOutputs.set(queue, data.messages);
  },
});
