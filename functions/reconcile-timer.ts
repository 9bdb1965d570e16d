import { app, type InvocationContext, type Timer } from '@azure/functions';
import { inInvocation, theSchedule } from '../shared/app.ts';
import { tellOfSettings } from '../shared/reconcile/settings.ts';
import { startRun } from '../shared/reconcile/start.ts';

/** Starts a run; the runtime makes sure that only one instance does. */
export async function handler(timer: Pick<Timer, 'isPastDue'>, context: InvocationContext): Promise<void> {
  await inInvocation(context, async ({ ports, unheeded }) => {
    const run = await startRun(ports, timer.isPastDue);
    await tellOfSettings(ports, run, unheeded);
  });
}

app.timer('reconcile-timer', { schedule: theSchedule(), handler });
