/** One fact the project relies on and could only assume, and what live Azure said. */
export interface Fact {
  fact: string;
  expected: string;
  found: string;
  holds: boolean;
}

/** Runs one check; an error is a finding like any other, told by its kind and status and never by its text. */
export async function fact(
  name: string,
  expected: string,
  look: () => Promise<{ found: string; holds: boolean }>,
): Promise<Fact> {
  try {
    return { fact: name, expected, ...(await look()) };
  } catch (error) {
    return { fact: name, expected, found: `failed: ${describe(error)}`, holds: false };
  }
}

export function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const status = 'statusCode' in error ? ` ${String(error.statusCode)}` : '';
  return `${error.name}${status} ${innerCode(error)}`.trim();
}

/** The innermost code of a Key Vault error, such as SecretDisabled. */
export function innerCode(error: unknown): string {
  const outer = property(property(error, 'details'), 'error');
  const inner = property(property(outer, 'innererror') ?? property(outer, 'innerError'), 'code');
  const code = inner ?? property(outer, 'code');
  return typeof code === 'string' ? code : '';
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
}
