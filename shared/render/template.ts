import { setImmediate as pause } from 'node:timers/promises';
import {
  Context,
  Liquid,
  LiquidError,
  ParseError,
  TokenizationError,
  UndefinedVariableError,
} from 'liquidjs';
import { FILTERS, KEPT_FILTERS, KEPT_TAGS } from './filters.ts';
import { RenderRefusal } from './refusal.ts';

/** A Secret holds 1 MiB; working memory may be a few times that. Time is counted here, not by the engine. */
const LIMITS = { parseLimit: 32_768, memoryLimit: 8 * 1024 * 1024 };
const MAX_OUTPUT = 1024 * 1024;
const MAX_AT_ONCE = MAX_OUTPUT;

/** How long a template works at a time before the process may do something else. */
const SLICE_MS = 10;

function makeEngine(): Liquid {
  const liquid = new Liquid({
    ...LIMITS,
    strictVariables: true,
    strictFilters: true,
    // `default` and `if` may meet a property that is not there; unknown variables are found before rendering.
    lenientIf: true,
    ownPropertyOnly: true,
    // Partials come from here and nowhere else: no file is ever looked for. The tags that would ask are gone, too.
    templates: {},
  });
  for (const name of Object.keys(liquid.tags)) if (!KEPT_TAGS.has(name)) delete liquid.tags[name];
  for (const name of Object.keys(liquid.filters)) if (!KEPT_FILTERS.has(name)) delete liquid.filters[name];
  for (const [name, filter] of Object.entries(FILTERS)) liquid.registerFilter(name, filter);
  return liquid;
}

/** Holds no state of a rendering: only the language. */
const engine = makeEngine();

/** What a target's templates may still take of the processor. */
type Time = { leftMs: number };

type Templates = ReturnType<Liquid['parse']>;

/**
 * The text a template makes of the values of its variables, in slices of time. Rejects with RenderRefusal, never with a value:
 * for a syntax error, an unknown filter, tag or variable, and for one that takes too long or grows too large. What depends on
 * the values is all one message: position and cause could spell them, so they stand in its detail.
 */
export async function renderTemplate(
  template: string,
  values: ReadonlyMap<string, string>,
  key: string,
  time: Time,
): Promise<string> {
  const parsed = parsedTemplate(template, [...values.keys()], key);
  try {
    const steps = engine._render(parsed, contextOf(values), { sync: true });
    const text = await inSlices(steps, time);
    if (typeof text === 'string' && text.length <= MAX_OUTPUT) return text;
    throw new RangeError('too long');
  } catch (error) {
    const message = `the template of key ${key} cannot be rendered with these values`;
    throw new RenderRefusal(message, {
      detail: `the template of key ${key} ${problemOf(error)}${placeOf(error)}`,
    });
  }
}

/** The engine counts what all steps allocate; here, no single step may take so much that others would wait for it. */
function contextOf(values: ReadonlyMap<string, string>): Context {
  const context = new Context(Object.fromEntries(values), engine.options, { sync: true }, { liquid: engine });
  const { memoryLimit } = context;
  const use = memoryLimit.use.bind(memoryLimit);
  memoryLimit.use = (count) => {
    if (count > MAX_AT_ONCE) throw new RangeError('too much at once');
    use(count);
  };
  return context;
}

/** What is wrong with a template whatever the values, with the position; undefined when nothing is. */
export function templateProblem(
  template: string,
  variables: readonly string[],
  key: string,
): string | undefined {
  try {
    parsedTemplate(template, variables, key);
    return undefined;
  } catch (error) {
    if (error instanceof RenderRefusal) return error.detail;
    throw error;
  }
}

function parsedTemplate(template: string, known: readonly string[], key: string): Templates {
  try {
    const parsed = engine.parse(template);
    const { globals } = engine.analyzeSync(parsed, { partials: false });
    for (const [name, [first]] of Object.entries(globals)) {
      if (known.includes(name)) continue;
      const at = first === undefined ? '' : ` at line ${first.location.row}, column ${first.location.col}`;
      throw refusal(`the template of key ${key} uses the unknown variable ${name}`, at);
    }
    return parsed;
  } catch (error) {
    if (error instanceof RenderRefusal) throw error;
    throw refusal(`the template of key ${key} ${problemOf(error)}`, placeOf(error));
  }
}

const refusal = (message: string, place: string): RenderRefusal =>
  new RenderRefusal(message, { detail: `${message}${place}` });

type Steps = Iterator<unknown, unknown, unknown>;

const isSteps = (value: unknown): value is Steps =>
  typeof value === 'object' && value !== null && 'next' in value && 'throw' in value && 'return' in value;

/** One step of a rendering: what it came to, or what it threw. */
type Outcome = { value: unknown } | { error: unknown };

/**
 * Runs the engine's own steps as its `toValueSync` does, but with a pause after every slice of time, and with no more of the
 * processor in all than the target has left: a machine that is busy otherwise makes no template fail.
 */
async function inSlices(root: Steps, time: Time): Promise<unknown> {
  const stack = [root];
  let last: Outcome = { value: undefined };
  while (stack.length > 0) {
    const before = process.threadCpuUsage();
    for (const end = performance.now() + SLICE_MS; stack.length > 0 && performance.now() < end;)
      last = advanced(stack, last);
    const { user, system } = process.threadCpuUsage(before);
    time.leftMs -= (user + system) / 1000;
    if (time.leftMs <= 0) throw new RangeError('no time left');
    if (stack.length > 0) await pause();
  }
  if ('error' in last) throw last.error;
  return last.value;
}

/** Hands the outcome of the step before to the innermost steps; steps that it gives in turn become the innermost. */
function advanced(stack: Steps[], last: Outcome): Outcome {
  const top = stack.at(-1);
  if (top === undefined) return last;
  try {
    const { done, value } = 'error' in last ? thrown(top, last.error) : top.next(last.value);
    if (done === true) stack.pop();
    if (!isSteps(value)) return { value };
    stack.push(value);
    return { value: undefined };
  } catch (error) {
    stack.pop();
    return { error };
  }
}

function thrown(steps: Steps, error: unknown): IteratorResult<unknown, unknown> {
  if (steps.throw !== undefined) return steps.throw(error);
  throw error;
}

function problemOf(error: unknown): string {
  if (error instanceof ParseError || error instanceof TokenizationError)
    return `cannot be read: ${wordsOf(error)}`;
  if (error instanceof UndefinedVariableError) return 'asks for something that is not there';
  const cause: unknown = error instanceof LiquidError ? error.originalError : error;
  if (cause instanceof RenderRefusal) return cause.message;
  return isLimit(cause) ? 'needs more time or memory than allowed' : 'cannot be rendered';
}

/** A limit of ours, or JavaScript's own for the length of a text. */
function isLimit(cause: unknown): boolean {
  return cause instanceof RangeError || (cause instanceof Error && cause.message.endsWith('limit exceeded'));
}

/** The library's own sentence without the place it adds. */
function wordsOf(error: LiquidError): string {
  return error.message
    .replace(/, line:\d+, col:\d+$/, '')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 120);
}

function placeOf(error: unknown): string {
  const [line, column]: (number | undefined)[] =
    error instanceof LiquidError ? (error.token?.getPosition() ?? []) : [];
  return line === undefined ? '' : ` at line ${line}, column ${column}`;
}
