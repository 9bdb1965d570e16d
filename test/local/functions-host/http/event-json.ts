/** How deep the host's reader goes. https://www.newtonsoft.com/json/help/html/MaxDepth.htm */
const DEEPEST = 64;
const DATE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(Z|[+-]\d\d:\d\d)?$/;

const fraction = (digits = ''): string => {
  const kept = digits.replace(/0+$/, '');
  return kept === '' ? '' : `.${kept}`;
};

/** What becomes of a text that looks like a date: fractions lose their last zeros, and other zones become UTC. */
function rewriteDate(text: string): string {
  const [, time, digits, zone] = DATE.exec(text) ?? [];
  if (time === undefined || Number.isNaN(Date.parse(`${time}Z`))) return text;
  if (zone === undefined || zone === 'Z') return `${time}${fraction(digits)}${zone ?? ''}`;
  const utc = new Date(Date.parse(`${time}${zone}`)).toISOString().slice(0, -'.000Z'.length);
  return `${utc}${fraction(digits)}+00:00`;
}

function rewritten(value: unknown, depth: number): unknown {
  if (depth > DEEPEST) throw new Error('the body is nested too deeply');
  if (typeof value === 'string') return rewriteDate(value);
  if (Array.isArray(value)) return value.map((item) => rewritten(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, rewritten(item, depth + 1)]);
  return Object.fromEntries(entries) as unknown;
}

/**
 * A body of events as the host hands it on: it reads and writes the JSON again, and every text in it that looks like a
 * date.
 * @throws Error when it is no JSON, or too deep
 */
export function parseEvents(text: string): unknown[] {
  const body = rewritten(JSON.parse(text), 0);
  if (typeof body !== 'object' || body === null)
    throw new Error('the body is neither an object nor an array');
  return Array.isArray(body) ? body : [body];
}
