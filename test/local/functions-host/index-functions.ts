import { logLine } from './log.ts';
import { isDisabled, resolveSettings } from './settings/app-settings.ts';
import { parseSchedule } from './timer/ncrontab.ts';
import type { Binding, IndexedFunction } from './worker/messages.ts';

/** Only these options may refer to app settings; a handler's own texts stay as they are. */
const OPTIONS = ['queueName', 'schedule', 'route'];

function resolved(binding: Binding, env: NodeJS.ProcessEnv): Binding {
  const texts = OPTIONS.flatMap((option) => {
    const value = binding[option];
    return typeof value === 'string' ? [[option, resolveSettings(value, env)] as const] : [];
  });
  return { ...binding, ...Object.fromEntries(texts) };
}

function indexed(fn: IndexedFunction, env: NodeJS.ProcessEnv): IndexedFunction {
  const bindings = Object.fromEntries(
    Object.entries(fn.bindings).map(([name, binding]) => [name, resolved(binding, env)]),
  );
  const trigger = resolved(fn.trigger, env);
  if (trigger.type === 'timerTrigger') parseSchedule(String(trigger['schedule']));
  return { ...fn, bindings, trigger };
}

/**
 * The functions that run: not those that are disabled, and not those with a setting that is missing or a schedule that is
 * none. Such a function is left out with a line of the log; all others run, and the host calls itself well.
 */
export function indexFunctions(
  registered: readonly IndexedFunction[],
  env: NodeJS.ProcessEnv,
): IndexedFunction[] {
  return registered
    .filter(({ name }) => !isDisabled(name, env))
    .flatMap((fn) => {
      try {
        return [indexed(fn, env)];
      } catch (error) {
        logLine(`Error indexing method 'Functions.${fn.name}': ${(error as Error).message}`);
        return [];
      }
    });
}
