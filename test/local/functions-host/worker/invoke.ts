import { randomUUID } from 'node:crypto';
import { runHooks } from './core.ts';
import type { CoreContext, RegisteredFunction, Registrations } from './core.ts';
import type { InvocationResponse, TypedData } from './messages.ts';

/** The log hooks see a line before it is written and may change it, as from host 4.34 on. */
function writeLog(
  app: Registrations,
  functionName: string,
  line: { level: string; category: string; message: string },
): void {
  const hookContext = { hookData: {}, appHookData: {}, invocationContext: { functionName }, ...line };
  for (const hook of app.hooks.get('log') ?? []) hook(hookContext);
  process.stderr.write(`${hookContext.message}\n`);
}

function coreContext(
  app: Registrations,
  fn: RegisteredFunction,
  input: TypedData,
  triggerMetadata: Record<string, TypedData>,
): CoreContext {
  return {
    invocationId: randomUUID(),
    metadata: { name: fn.name, bindings: fn.bindings },
    request: { inputData: [{ name: fn.trigger.name, data: input }], triggerMetadata },
    log: (level, category, message) => writeLog(app, fn.name, { level, category, message }),
  };
}

/** Any non-null throw fails an invocation, a string too. */
const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/**
 * Runs one function the way the Node worker does: arguments, hooks, handler and outputs converted by the library that
 * the app itself brings. Rejects with what the function (or a hook) threw.
 */
export async function invoke(
  app: Registrations,
  fn: RegisteredFunction,
  input: TypedData,
  triggerMetadata: Record<string, TypedData> = {},
): Promise<InvocationResponse> {
  if (!app.model) throw new Error('the app registered no programming model');
  const core = coreContext(app, fn, input, triggerMetadata);
  const model = app.model.getInvocationModel(core);
  const { context, inputs } = await model.getArguments();
  const shared = { hookData: {}, appHookData: {}, invocationContext: context };

  core.state = 'preInvocationHooks';
  const before = { ...shared, functionCallback: fn.callback, inputs };
  await runHooks(app, 'preInvocation', before);

  core.state = 'invocation';
  const after = { ...shared, inputs: before.inputs, result: null as unknown, error: null as unknown };
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error;
  }

  core.state = 'postInvocationHooks';
  await runHooks(app, 'postInvocation', after);
  core.state = undefined;
  if (after.error !== null && after.error !== undefined) throw asError(after.error);
  return model.getResponse(context, after.result);
}
