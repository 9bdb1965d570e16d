import { Liquid, LiquidError, ParseError, TokenizationError, UndefinedVariableError } from 'liquidjs';
import { FILTERS, KEPT_FILTERS, KEPT_TAGS } from './filters.ts';
import { RenderRefusal } from './refusal.ts';

/** A Secret holds 1 MiB; working memory may be a few times that. Time in milliseconds. */
const LIMITS = { parseLimit: 32_768, renderLimit: 1000, memoryLimit: 8 * 1024 * 1024 };
const MAX_OUTPUT = 1024 * 1024;

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

/**
 * The text a template makes of the values of its variables. Throws RenderRefusal with the position and never a value:
 * for a syntax error, an unknown filter, tag or variable, and for one that takes too long or grows too large.
 */
export function renderTemplate(template: string, values: ReadonlyMap<string, string>, key: string): string {
  try {
    assertKnown(template, new Set(values.keys()), key);
    const text: unknown = engine.parseAndRenderSync(template, Object.fromEntries(values));
    if (typeof text !== 'string' || text.length > MAX_OUTPUT)
      throw new RenderRefusal(`the template of key ${key} makes more than ${MAX_OUTPUT} characters`);
    return text;
  } catch (error) {
    throw error instanceof RenderRefusal ? error : new RenderRefusal(refusal(error, key));
  }
}

/** What is wrong with a template whatever the values, or undefined. */
export function templateProblem(
  template: string,
  variables: readonly string[],
  key: string,
): string | undefined {
  try {
    assertKnown(template, new Set(variables), key);
    return undefined;
  } catch (error) {
    return error instanceof RenderRefusal ? error.message : refusal(error, key);
  }
}

function assertKnown(template: string, known: ReadonlySet<string>, key: string): void {
  const { globals } = engine.parseAndAnalyzeSync(template, undefined, { partials: false });
  for (const [name, [first]] of Object.entries(globals)) {
    if (known.has(name)) continue;
    const at = first === undefined ? '' : ` at line ${first.location.row}, column ${first.location.col}`;
    throw new RenderRefusal(`the template of key ${key} uses the unknown variable ${name}${at}`);
  }
}

/** Only errors found before any value is looked at pass their words on. */
function refusal(error: unknown, key: string): string {
  const [line, column] = positionOf(error);
  const at = line === undefined ? '' : ` at line ${line}, column ${column}`;
  return `the template of key ${key} ${problemOf(error)}${at}`;
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

function positionOf(error: unknown): (number | undefined)[] {
  return error instanceof LiquidError ? (error.token?.getPosition() ?? []) : [];
}
