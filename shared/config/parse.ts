/** What was read from one variable, and what is wrong with it: sentences without the variable's name. */
export interface Parsed<T> {
  value: T;
  problems: string[];
}

const LOOKS_SECRET = /(?:key|sig|signature|password|pwd|secret|token)=|@/i;
const FOUND_MAX = 80;

/** What was found, for a message: short, and nothing that might be a credential pasted into the wrong variable. */
export function found(text: string): string {
  if (LOOKS_SECRET.test(text)) return '(not shown)';
  return JSON.stringify(text.length > FOUND_MAX ? `${text.slice(0, FOUND_MAX - 1)}…` : text);
}

/** Entries between commas, trimmed. Empty ones are left out: a trailing comma says nothing. */
export function entriesOf(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** Parses every entry; those with a problem are left out of the value. `shown`: what of an entry a message may quote. */
export function parseEntries<T>(
  text: string,
  parse: (entry: string) => T | { problem: string },
  shown = (entry: string): string => entry,
): Parsed<T[]> {
  const parsed: Parsed<T[]> = { value: [], problems: [] };
  for (const entry of entriesOf(text)) {
    const result = parse(entry);
    if (typeof result === 'object' && result !== null && 'problem' in result)
      parsed.problems.push(`entry ${found(shown(entry))} ${result.problem}`);
    else parsed.value.push(result);
  }
  return parsed;
}

export function parseInteger(
  text: string,
  { min, max, fallback }: { min: number; max: number; fallback: number },
): Parsed<number> {
  if (text === '') return { value: fallback, problems: [] };
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return { value, problems: [] };
  return {
    value: fallback,
    problems: [`must be a whole number from ${min} to ${max}; found ${found(text)}`],
  };
}
