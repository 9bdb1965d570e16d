import { app, type InvocationContext, type Timer } from '@azure/functions';
import { inInvocation, theSchedule } from '../shared/app.ts';
import { tellOfSettings } from '../shared/reconcile/settings.ts';
import { tellOfQueues } from '../shared/reconcile/queues.ts';
import { startRun } from '../shared/reconcile/start.ts';

type Due = Pick<Timer, 'isPastDue'> & Partial<Pick<Timer, 'scheduleStatus'>>;

/** Starts a run; the runtime makes sure that only one instance does. What is past due says since when. */
export async function handler(timer: Due, context: InvocationContext): Promise<void> {
  const due = timer.isPastDue ? Date.parse(timer.scheduleStatus?.next ?? '') : undefined;
  await inInvocation(context, async ({ ports, unheeded }) => {
    const run = await startRun(ports, due);
    await tellOfSettings(ports, run, unheeded);
    await tellOfQueues(ports, run);
  });
}

app.timer('reconcile-timer', { schedule: theSchedule(), handler });
