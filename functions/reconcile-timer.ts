import { app, type Timer } from '@azure/functions';
import { theApp, theSchedule } from '../shared/app.ts';
import { startRun } from '../shared/reconcile.ts';

/** Starts a run; the runtime makes sure that only one instance does. */
export async function handler(timer: Pick<Timer, 'isPastDue'>): Promise<void> {
  await startRun(theApp().ports, timer.isPastDue);
}

app.timer('reconcile-timer', { schedule: theSchedule(), handler });
