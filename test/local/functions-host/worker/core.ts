import Module from 'node:module';
import type { Binding, IndexedFunction, InvocationResponse, TypedData } from './messages.ts';

type Callback = (...inputs: unknown[]) => unknown;

/** A function as the app registered it, with its code. */
export interface RegisteredFunction extends IndexedFunction {
  callback: Callback;
}

export interface CoreContext {
  invocationId: string;
  metadata: { name: string; bindings: Record<string, Binding> };
  request: { inputData: { name: string; data: TypedData }[]; triggerMetadata: Record<string, TypedData> };
  state?: string | undefined;
  log(level: string, category: string, message: string): void;
}

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: Callback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

interface ProgrammingModel {
  getInvocationModel(context: CoreContext): InvocationModel;
}

type Hook = (context: object) => unknown;

/** What the app registered while its bundles were loaded. */
export interface Registrations {
  functions: Map<string, RegisteredFunction>;
  hooks: Map<string, Set<Hook>>;
  model?: ProgrammingModel;
}

type Metadata = Pick<RegisteredFunction, 'name' | 'bindings'>;

function register(registrations: Registrations, metadata: Metadata, callback: Callback): void {
  const { name } = metadata;
  const bindings = Object.fromEntries(
    Object.entries(metadata.bindings).map(([key, binding]) => [key, { ...binding, name: key }]),
  );
  const trigger = Object.values(bindings).find((binding) => binding.type.toLowerCase().endsWith('trigger'));
  if (!trigger) throw new Error(`function ${name} has no trigger`);
  if (registrations.functions.has(name)) throw new Error(`function ${name} is registered twice`);
  registrations.functions.set(name, { name, bindings, trigger, callback });
}

function addHook({ hooks }: Registrations, name: string, hook: Hook): { dispose(): void } {
  const registered = hooks.get(name) ?? new Set<Hook>();
  hooks.set(name, registered.add(hook));
  return { dispose: () => void registered.delete(hook) };
}

function coreModule(registrations: Registrations): object {
  return {
    version: '3.9.1',
    hostVersion: '4.1040.0',
    registerFunction: (metadata: Metadata, callback: Callback) => register(registrations, metadata, callback),
    registerHook: (name: string, hook: Hook) => addHook(registrations, name, hook),
    setProgrammingModel: (model: ProgrammingModel) => void (registrations.model = model),
    getProgrammingModel: () => registrations.model,
    log: (_level: string, _category: string, message: string) => void process.stderr.write(`${message}\n`),
  };
}

/**
 * Gives the app the module `@azure/functions-core`, which exists only inside the Functions worker: the real worker,
 * too, answers `require('@azure/functions-core')` by patching `Module.prototype.require`.
 */
export function installCore(): Registrations {
  const registrations: Registrations = { functions: new Map(), hooks: new Map() };
  const core = coreModule(registrations);
  const original = Reflect.get(Module.prototype, 'require') as NodeJS.Require;
  function requireWithCore(this: NodeJS.Module, id: string): unknown {
    return id === '@azure/functions-core' ? core : original.call(this, id);
  }
  Module.prototype.require = Object.assign(requireWithCore, original);
  return registrations;
}

/** Hooks run one after the other, in the order of their registration, as in the worker. */
export async function runHooks({ hooks }: Registrations, name: string, context: object): Promise<void> {
  for (const hook of hooks.get(name) ?? []) await hook(context);
}
