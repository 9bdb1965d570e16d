import { app, type InvocationContext, type Timer } from '@azure/functions';
import { inInvocation, theSchedule } from '../shared/app.ts';
import { startRun } from '../shared/reconcile/start.ts';

/** Starts a run; the runtime makes sure that only one instance does. */
export async function handler(timer: Pick<Timer, 'isPastDue'>, context: InvocationContext): Promise<void> {
  await inInvocation(context, ({ ports }) => startRun(ports, timer.isPastDue));
}

app.timer('reconcile-timer', { schedule: theSchedule(), handler });
